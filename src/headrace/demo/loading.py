"""The stages of loading a brand. Each may be repeated, and picks up where an interrupted one stopped."""

from collections.abc import Iterator

from headrace.base.files import chunks_of
from headrace.base.models import Organisation, User
from headrace.demo.brands import Brand
from headrace.earnings.actions import calculate_programme, publish_run, take_snapshot
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme
from headrace.sales.actions import Result, import_delivery, keep_mapping, receive_file
from headrace.sales.models import Import


class LoadingFailed(Exception):
    """A file was refused; the text says which and why."""


def import_files(organisation: Organisation, brand: Brand, user: User) -> str:
    """Imports what was not imported yet; gives the counts."""
    document = keep_mapping(organisation=organisation, text=brand.mapping, user=user)
    received = [
        receive_file(organisation=organisation, name=path.name, chunks=chunks_of(path), user=user)
        for path in brand.files
    ]
    outcomes = list(
        import_delivery(organisation=organisation, received=received, document=document, user=user)
    )
    for outcome in outcomes:
        if outcome.result is Result.REFUSED:
            raise LoadingFailed(f"{outcome.name}: {outcome.message}")
    sales = [outcome.run for outcome in outcomes if outcome.run and outcome.run.kind == "sales"]
    fresh = sum(1 for outcome in outcomes if outcome.result is Result.IMPORTED)
    return (
        f"{sum(run.accepted for run in sales):,} lines accepted, {sum(run.rejected for run in sales):,} rejected, "
        f"from {len(outcomes)} files ({fresh} new)"
    )


def launch_programmes(organisation: Organisation, brand: Brand, user: User) -> str:
    for text in brand.documents.values():
        launch_programme(organisation=organisation, document=text, user=user)
    return f"{len(brand.documents)} programmes in force"


def calculate_all(organisation: Organisation, user: User) -> Iterator[str]:
    """Calculates and publishes the programmes that aren't up to date, with a line about each."""
    late = _late(organisation)
    if not late:
        yield "all programmes are up to date"
        return
    snapshot = take_snapshot(organisation=organisation)
    for programme in late:
        run = calculate_programme(programme=programme, snapshot=snapshot, user=user)
        rows = publish_run(run=run, user=user)
        yield f"{programme.title}: {len(rows):,} earnings published"


def _late(organisation: Organisation) -> list[Programme]:
    """Programmes without a published run on all that was imported."""
    newest = Import.objects.filter(organisation=organisation, state=Import.State.IMPORTED).latest("finished_at")
    done = Programme.objects.filter(
        organisation=organisation,
        runs__published_at__isnull=False,
        runs__snapshot__as_of__gte=newest.finished_at,
    )
    return list(Programme.objects.filter(organisation=organisation).exclude(pk__in=done).order_by("key"))
