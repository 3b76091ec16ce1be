"""Doubts about lines: raised by an import, settled by a person, once, and undone without loss."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from headrace.base import audit
from headrace.base.models import User
from headrace.partners.upsert import chunks
from headrace.sales import bulk, doubt_search, return_search
from headrace.sales.doubt_search import Pair
from headrace.sales.locking import one_at_a_time
from headrace.sales.models import Doubt, Import, SalesLine
from headrace.sales.withdrawals import restore_lines, standing_lines, withdraw_lines

DOUBTS_PER_IMPORT_MAX = 10_000


def raise_doubts(run: Import) -> int:
    """Looks for doubts about the lines of an import that has just been taken in; gives how many are new.

    Of more than DOUBTS_PER_IMPORT_MAX the likeliest are kept: so many are one mistake, which a withdrawal mends.
    """
    if run.accepted >= bulk.ROWS_WORTH_STATISTICS:
        bulk.refresh_statistics(SalesLine)
    pairs = [
        *doubt_search.duplicates(run),
        *return_search.sales_of_returns(run),
        *return_search.excesses(run),
    ]
    new = _not_settled(run, pairs)
    new.sort(key=lambda pair: (-pair.score, pair.later))
    doubts = [
        Doubt(
            organisation_id=run.organisation_id,
            kind=pair.kind,
            earlier_id=pair.earlier,
            later_id=pair.later,
            score=pair.score,
            reasons=list(pair.reasons),
            import_run=run,
        )
        for pair in new[:DOUBTS_PER_IMPORT_MAX]
    ]
    Doubt.objects.bulk_create(doubts, batch_size=500)
    return len(doubts)


def _not_settled(run: Import, pairs: list[Pair]) -> list[Pair]:
    """Without the pairs that are doubted already, and those that were dismissed, in whatever revision."""
    number = _numbers(key for pair in pairs for key in (pair.earlier, pair.later))
    doubted: set[tuple[int, int]] = set()
    dismissed: set[tuple[str, str]] = set()
    for chunk in chunks({number[pair.later] for pair in pairs}):
        doubts = Doubt.objects.filter(organisation_id=run.organisation_id, later__external_id__in=chunk)
        doubted.update(doubts.values_list("earlier_id", "later_id"))
        known = doubts.filter(state=Doubt.State.DISMISSED)
        dismissed.update(known.values_list("earlier__external_id", "later__external_id"))
    return [
        pair
        for pair in pairs
        if (pair.earlier, pair.later) not in doubted
        and (number[pair.earlier], number[pair.later]) not in dismissed
    ]


def _numbers(keys: Iterable[int]) -> dict[int, str]:
    return {
        key: external_id
        for chunk in chunks(set(keys))
        for key, external_id in SalesLine.objects.filter(pk__in=chunk).values_list("pk", "external_id")
    }


@transaction.atomic
def confirm_doubt(*, doubt: Doubt, user: User) -> None:
    """The doubt was right: the later line is withdrawn as the same sale, or joined to the sale it takes back.

    Raises ValidationError where it is settled already, or one of the lines stands no more.
    """
    doubt = _open(doubt)
    if doubt.kind == Doubt.Kind.RETURN:
        _join(doubt, user)
    else:
        _withdraw_later(doubt, user)
    _settle(doubt, Doubt.State.CONFIRMED, user)


@transaction.atomic
def dismiss_doubt(*, doubt: Doubt, user: User) -> None:
    """Both lines are right as they are. The pair is not doubted again. Raises ValidationError as confirm_doubt."""
    _settle(_open(doubt), Doubt.State.DISMISSED, user)


@transaction.atomic
def reopen_doubt(*, doubt: Doubt, user: User) -> None:
    """Undoes a decision: what it withdrew stands again, as a new revision; what it joined stands alone again.

    Raises ValidationError where the doubt is open, or the line was withdrawn by something else since.
    """
    one_at_a_time(doubt.organisation)
    doubt = Doubt.objects.select_related("organisation").get(pk=doubt.pk)
    if doubt.state == Doubt.State.OPEN:
        raise ValidationError(gettext("This is open already."))
    if doubt.state == Doubt.State.CONFIRMED:
        doubt.later = _as_before(doubt, user)
    doubt.state, doubt.decided_by, doubt.decided_at = Doubt.State.OPEN, None, None
    doubt.save(update_fields=["later", "state", "decided_by", "decided_at"])
    _tell(doubt, "reopen", user)


def _open(doubt: Doubt) -> Doubt:
    """The doubt as it is now, with everything that changes lines kept out."""
    one_at_a_time(doubt.organisation)
    lines = ("earlier", "later", "organisation")
    found = Doubt.objects.waiting().select_related(*lines).filter(pk=doubt.pk).first()
    if found is None:
        raise ValidationError(gettext("Somebody settled this already, or one of the lines was withdrawn."))
    return found


def _withdraw_later(doubt: Doubt, user: User) -> None:
    reason = gettext("The same sale as %(line)s.") % {"line": doubt.earlier.external_id}
    if doubt.kind == Doubt.Kind.EXCESS:
        reason = gettext("More was returned of %(line)s than was sold.") % {"line": doubt.earlier.external_id}
    withdraw_lines(
        organisation=doubt.organisation,
        lines=SalesLine.objects.filter(pk=doubt.later_id),
        reason=reason,
        subject=f"doubt:{doubt.pk}",
        user=user,
        # Its id stays known as long as the earlier line stands: the next file doesn't bring it again.
        same_as={doubt.later_id: doubt.earlier_id},
    )


def _join(doubt: Doubt, user: User) -> None:
    """The return once more, naming its sale; the line without it is withdrawn in its favour."""
    if _left_to_return(doubt.earlier) + doubt.later.quantity_e4 < 0:
        told = {"line": doubt.earlier.external_id}
        raise ValidationError(
            gettext("Of %(line)s less is left to return than this return takes back.") % told
        )
    _revise(doubt, user, returns=doubt.earlier.external_id)


def _left_to_return(sale: SalesLine) -> int:
    returns = standing_lines(sale.organisation).filter(returns=sale.external_id)
    return sale.quantity_e4 + sum(returns.values_list("quantity_e4", flat=True))


def _revise(doubt: Doubt, user: User, *, returns: str) -> SalesLine:
    old = doubt.later_id
    lines = SalesLine.objects.filter(pk=old)
    now = timezone.now()
    new = restore_lines(organisation=doubt.organisation, lines=lines, returns=returns, recorded_at=now)[old]
    withdraw_lines(
        organisation=doubt.organisation,
        lines=lines,
        reason=gettext("Replaced by its next revision."),
        subject=f"doubt:{doubt.pk}",
        user=user,
        same_as={old: new.pk},
        recorded_at=now,
    )
    return new


def _as_before(doubt: Doubt, user: User) -> SalesLine:
    """The later line as it was before the doubt was confirmed, standing."""
    standing = standing_lines(doubt.organisation).filter(external_id=doubt.later.external_id).first()
    if doubt.kind == Doubt.Kind.RETURN:
        if standing is None:
            raise ValidationError(gettext("The return was withdrawn since; there is nothing to undo."))
        doubt.later = standing
        return _revise(doubt, user, returns="")
    if standing is not None:
        return standing
    lines = SalesLine.objects.filter(pk=doubt.later_id)
    return restore_lines(organisation=doubt.organisation, lines=lines)[doubt.later_id]


def _settle(doubt: Doubt, state: Doubt.State, user: User) -> None:
    doubt.state, doubt.decided_by, doubt.decided_at = state, user, timezone.now()
    doubt.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(doubt, "confirm" if state == Doubt.State.CONFIRMED else "dismiss", user)


def _tell(doubt: Doubt, verb: str, user: User) -> None:
    audit.record(
        organisation=doubt.organisation,
        user=user,
        action=f"doubt.{verb}",
        subject=f"doubt:{doubt.pk}",
        earlier=doubt.earlier.external_id,
        later=doubt.later.external_id,
    )
