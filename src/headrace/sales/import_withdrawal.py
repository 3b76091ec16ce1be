"""An import that is taken back whole."""

from __future__ import annotations

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from headrace.base import formats
from headrace.base.models import User
from headrace.sales.locking import one_at_a_time
from headrace.sales.models import Import, Reject, SalesLine
from headrace.sales.replay import replay_rows
from headrace.sales.withdrawals import REASON_MAX, left_alone, restore_lines, withdraw_lines


@transaction.atomic
def withdraw_import(*, run: Import, reason: str, user: User | None = None) -> int:
    """Takes back all lines that a file brought, at once or by replays of its rows; gives how many stood.

    Its bytes may be imported anew from now on. What had been the same as one of its lines stands again: lines that
    were withdrawn for it, and duplicates that other files brought. Raises ValidationError where there is nothing
    to withdraw, or no reason.
    """
    one_at_a_time(run.organisation)
    run = Import.objects.select_related("organisation").get(pk=run.pk)
    check_withdrawable(run)
    if not reason.strip():
        raise ValidationError(gettext("Say why: the reason stays beside the lines."))
    told = reason.strip()[:REASON_MAX]
    imports = with_replays(run)
    lines = SalesLine.objects.filter(import_run__in=imports)
    count = withdraw_lines(
        organisation=run.organisation, lines=lines, reason=told, subject=f"import:{run.pk}", user=user
    )
    Import.objects.filter(pk__in=imports, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_by=user, withdrawn_reason=told
    )
    restore_lines(organisation=run.organisation, lines=left_alone(lines))
    _take_duplicates(run, imports, user)
    return count


def check_withdrawable(run: Import) -> None:
    """Raises ValidationError where an import can't be withdrawn."""
    if run.kind != Import.Kind.SALES or run.state != Import.State.IMPORTED:
        raise ValidationError(gettext("Only an import that brought sales lines can be withdrawn."))
    if run.withdrawn_at:
        told = {"file": run.file_name, "day": formats.moment(run.withdrawn_at)}
        raise ValidationError(gettext("%(file)s was withdrawn already on %(day)s.") % told)


def with_replays(run: Import) -> list[int]:
    """The keys of an import and of all that took rows of it in anew, and rows of those in turn."""
    found, new = [run.pk], [run.pk]
    while new:
        new = list(Import.objects.filter(replays__in=new).values_list("pk", flat=True))
        found += new
    return found


def standing_lines_of(run: Import) -> QuerySet[SalesLine]:
    """What withdrawing an import would take back."""
    return SalesLine.objects.filter(import_run__in=with_replays(run), withdrawal=None)


def _take_duplicates(run: Import, withdrawn: list[int], user: User | None) -> None:
    """Takes the rows in that were duplicates of what is withdrawn now: they alone tell these sales."""
    duplicates = Reject.objects.filter(
        organisation=run.organisation,
        is_duplicate=True,
        import_run__withdrawn_at=None,
        problems__0__params__import__in=withdrawn,
    )
    rows: dict[int, list[int]] = defaultdict(list)
    for import_run, number in duplicates.values_list("import_run_id", "row_number"):
        rows[import_run].append(number)
    for other in Import.objects.filter(pk__in=rows).order_by("pk"):
        replay_rows(run=other, numbers=rows[other.pk], user=user)
