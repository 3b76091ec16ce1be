"""The stages of loading a brand. Each may be repeated, and picks up where an interrupted one stopped."""

from datetime import date, timedelta

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from headrace.base.files import chunks_of
from headrace.base.models import Organisation, User
from headrace.demo.brands import Brand
from headrace.demo.reporters import deliveries
from headrace.demo.timeline import quarter_start
from headrace.earnings.actions import closed_through, refresh_programme, take_snapshot
from headrace.earnings.models import Earning, Run
from headrace.kernel.period import Period
from headrace.payouts.actions import cut_statements
from headrace.payouts.models import Statement
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme
from headrace.sales.actions import Outcome, import_delivery, keep_mapping, receive_file
from headrace.sales.models import Result
from headrace.sales.queries import last_change


class FileRefusedError(Exception):
    """A file was refused; the text says which and why."""


def import_files(organisation: Organisation, brand: Brand, user: User) -> str:
    """Imports what was not imported yet, and tells what of the brand is there now."""
    outcomes: list[Outcome] = []
    for mapping, files in deliveries(brand, organisation):
        document = keep_mapping(organisation=organisation, text=mapping, user=user)
        received = [
            receive_file(organisation=organisation, name=path.name, chunks=chunks_of(path), user=user)
            for path in files
        ]
        outcomes += import_delivery(
            organisation=organisation, received=received, document=document, user=user
        )
    for outcome in outcomes:
        if outcome.result is Result.REFUSED:
            raise FileRefusedError(f"{outcome.name}: {outcome.message}")
    sales = [outcome.run for outcome in outcomes if outcome.run and outcome.run.kind == "sales"]
    return _("%(accepted)s lines accepted, %(rejected)s rejected, %(duplicates)s duplicates") % {
        "accepted": f"{sum(run.accepted for run in sales):,}",
        "rejected": f"{sum(run.rejected for run in sales):,}",
        "duplicates": f"{sum(run.duplicates for run in sales):,}",
    }


def launch_programmes(organisation: Organisation, brand: Brand, user: User) -> str:
    for text in brand.documents.values():
        launch_programme(organisation=organisation, document=text, user=user)
    return _("%(count)s in force") % {"count": len(brand.documents)}


def late_programmes(organisation: Organisation) -> list[Programme]:
    """The programmes without a published run on all that was imported."""
    known = last_change(organisation)
    done = Run.objects.filter(
        scope__isnull=True, published_at__isnull=False, snapshot__as_of__gte=known
    ).values("programme")
    return list(Programme.objects.filter(organisation=organisation).exclude(pk__in=done).order_by("key"))


def calculate(programme: Programme, user: User) -> str:
    """Calculates the programme on all that is known, and publishes."""
    snapshot = take_snapshot(organisation=programme.organisation)
    rows = refresh_programme(programme=programme, snapshot=snapshot, user=user)
    return _("%(title)s: %(count)s earnings published") % {
        "title": programme.title,
        "count": f"{len(rows):,}",
    }


def cut_past_statements(organisation: Organisation, today: date, user: User) -> str:
    """Closes the quarters that earned something and are over on that day, each with its statements."""
    for quarter in _open_quarters(organisation, today):
        cut_statements(organisation=organisation, period=quarter, user=user)
    statements = Statement.objects.filter(organisation=organisation)
    quarters = statements.values("period_to").distinct().count()
    return _("%(count)s for %(quarters)s quarters") % {
        "count": f"{statements.count():,}",
        "quarters": quarters,
    }


def _open_quarters(organisation: Organisation, today: date) -> list[Period]:
    """Past quarters that aren't closed, from the first with earnings to the last."""
    earned = Earning.objects.filter(organisation=organisation).aggregate(
        first=Min("period_from"), last=Max("period_to")
    )
    closed = closed_through(organisation)
    start = quarter_start(closed + timedelta(days=1) if closed else earned["first"])
    quarters = []
    while (following := quarter_start(start, 1)) <= min(quarter_start(earned["last"], 1), today):
        quarters.append(Period(start, following - timedelta(days=1)))
        start = following
    return quarters
