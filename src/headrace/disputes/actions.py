"""Verbs of disputes: open, say something, assign, decide, withdraw, reopen; and look after those that are overdue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import audit, jobs, proofs
from headrace.base.models import Organisation, User
from headrace.disputes import holding, letters, outcomes
from headrace.disputes.models import (
    DUE_DAYS,
    Answer,
    Dispute,
    DisputeEntry,
    DisputeItem,
    DisputeProof,
    Reason,
    State,
)
from headrace.earnings.models import Earning
from headrace.partners.models import Person
from headrace.programmes.models import Programme
from headrace.sales.models import Product, SalesLine

PROOFS_MAX, PROOFS_OF_ALL_MAX, ITEMS_MAX = 5, 20, 200
RELEASE_WHEN_CALCULATED = "disputes.release_when_calculated"
Kind = DisputeEntry.Kind


@dataclass(frozen=True, slots=True)
class Right:
    """What would be right; quantity and amount at 1e-4. Of a missing sale all is told, of a line what differs."""

    product_text: str = ""
    product: Product | None = None
    sold_on: date | None = None
    quantity_e4: int | None = None
    net_amount_e4: int | None = None
    currency: str = ""
    order_id: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is questioned; see `DisputeItem`."""

    reason: Reason
    line: SalesLine | None = None
    step: str = ""
    questioned_minor: int = 0
    right: Right = Right()


@transaction.atomic
def open_dispute(
    *,
    person: Person,
    programme: Programme,
    words: str,
    asked: Sequence[Asked],
    earning: Earning | None = None,
    uploads: Sequence[UploadedFile[bytes]] = (),
) -> Dispute:
    """Questions something; the amount in question is held from now on, all else is paid as ever.

    Raises ValidationError where nothing is questioned, more than the earning is worth, an earning that was
    corrected meanwhile, or a proof is no photo and no PDF.
    """
    assert person.partner is not None, "only people of partners dispute"
    if not 1 <= len(asked) <= ITEMS_MAX:
        raise ValidationError(
            _("Choose from one to %(limit)s lines or steps that you question.") % {"limit": ITEMS_MAX}
        )
    if earning is not None:
        _check_questioned(earning, sum(one.questioned_minor for one in asked))
    reason = asked[0].reason
    dispute = Dispute.objects.create(
        organisation=person.organisation,
        partner=person.partner,
        person=person,
        programme=programme,
        earning=earning,
        reason=reason,
        due_on=timezone.localdate() + timedelta(days=DUE_DAYS[reason]),
    )
    DisputeItem.objects.bulk_create(_item(dispute, one) for one in asked)
    _keep_proofs(dispute, uploads)
    held = holding.hold_questioned(dispute)
    entry = _note(dispute, Kind.OPENED, person.user, words, held_minor=held)
    _record(dispute, "dispute.open", person.user, reason=reason, held_minor=held)
    letters.tell_brand(entry)
    return dispute


def _check_questioned(earning: Earning, questioned_minor: int) -> None:
    """One after the other: two disputes can't question the same amount together."""
    standing = Earning.objects.select_for_update(of=("self",)).get(pk=earning.pk)
    if hasattr(standing, "corrected_by"):
        raise ValidationError(_("This earning was corrected meanwhile. Open it again, and question it then."))
    others = DisputeItem.objects.filter(
        dispute__state=State.OPEN,
        dispute__programme=earning.programme_id,
        dispute__earning__key=earning.key,
    )
    before = int(others.aggregate(total=Sum("questioned_minor", default=0))["total"])
    if questioned_minor < 0 or (
        questioned_minor and before + questioned_minor > max(earning.amount_minor, 0)
    ):
        raise ValidationError(_("More is in question than the earning is worth. Question less of it."))


def _item(dispute: Dispute, one: Asked) -> DisputeItem:
    return DisputeItem(
        organisation=dispute.organisation,
        dispute=dispute,
        reason=one.reason,
        line=one.line,
        step=one.step[:500],
        questioned_minor=one.questioned_minor,
        **{name: getattr(one.right, name) for name in Right.__slots__},
    )


def _keep_proofs(dispute: Dispute, uploads: Sequence[UploadedFile[bytes]]) -> None:
    if len(uploads) > PROOFS_MAX or dispute.proofs.count() + len(uploads) > PROOFS_OF_ALL_MAX:
        raise ValidationError(
            _("At most %(limit)s files can be given at a time, and %(all)s in all.")
            % {"limit": PROOFS_MAX, "all": PROOFS_OF_ALL_MAX}
        )
    for fields in proofs.kept(uploads):
        DisputeProof.objects.create(organisation=dispute.organisation, dispute=dispute, **fields)


@transaction.atomic
def say(
    *,
    dispute: Dispute,
    user: User,
    text: str,
    is_internal: bool = False,
    uploads: Sequence[UploadedFile[bytes]] = (),
) -> DisputeEntry:
    """A message to the other side, or, by the brand, a note that only the brand reads.

    Raises ValidationError where nothing is said, or the dispute is withdrawn.
    """
    dispute = _locked(dispute)
    if dispute.state == State.WITHDRAWN:
        raise ValidationError(_("The dispute is withdrawn. Open a new one."))
    if not text.strip() and not uploads:
        raise ValidationError(_("Write something, or add a file."))
    is_partners = _is_partners(dispute, user)
    assert not (is_internal and is_partners), "internal notes are the brand's"
    _keep_proofs(dispute, uploads)
    kind = Kind.NOTE if is_internal else Kind.MESSAGE
    entry = _note(dispute, kind, user, text, is_internal=is_internal, files=len(uploads))
    if is_partners:
        letters.tell_brand(entry)
    elif not is_internal:
        letters.tell_partner(entry)
    return entry


@transaction.atomic
def assign_dispute(*, dispute: Dispute, to: User, user: User) -> None:
    """Makes someone at the brand answer for it. Raises ValidationError where it is decided."""
    dispute = _open(dispute)
    if dispute.assigned_to_id == to.pk:
        return
    dispute.assigned_to = to
    dispute.save(update_fields=["assigned_to"])
    _note(dispute, Kind.ASSIGNED, user, is_internal=True, to=to.pk, name=to.name)
    _record(dispute, "dispute.assign", user, to=to.pk)


@transaction.atomic
def decide_dispute(
    *,
    dispute: Dispute,
    user: User,
    accepted: Collection[int],
    answer: Answer,
    words: str = "",
    products: Mapping[int, Product] | None = None,
) -> Dispute:
    """Accepts some of the items (keys), all or none, with the reason; what follows from it is done at once.

    `products` names the product of items whose text names none. What was held is given back: at once, or where
    lines changed, when the earnings were worked out anew. Raises ValidationError where it was decided already,
    whoever took the first decision would judge it, or an accepted item can't be put right.
    """
    dispute = _open(dispute)
    if user.pk in first_deciders(dispute):
        raise ValidationError(
            _("You decided what is questioned here. Someone else has to decide about the dispute.")
        )
    if answer == Answer.OTHER and not words.strip():
        raise ValidationError(_("Say in a few words why."))
    items = list(dispute.items.filter(outcome="").select_related(*ITEM_WITH_ALL).order_by("pk"))
    taken = [item for item in items if item.pk in accepted]
    for item in taken:
        item.product = item.product or (products or {}).get(item.pk)
    if taken:
        outcomes.put_right(dispute, taken, user)
    for item in items:
        item.outcome = DisputeItem.Outcome.ACCEPTED if item in taken else DisputeItem.Outcome.REFUSED
    DisputeItem.objects.bulk_update(items, ["outcome", "product"])
    state = _state_by(dispute)
    dispute.state, dispute.answer, dispute.decided_by = state, answer, user
    dispute.decided_at = timezone.now()
    dispute.save()
    entry = _note(dispute, Kind.DECIDED, user, words, state=state, answer=answer)
    _record(dispute, "dispute.decide", user, state=state, answer=answer)
    _release(dispute, is_calculated_anew=bool(taken))
    letters.tell_partner(entry)
    return dispute


ITEM_WITH_ALL = ("product", "line__partner", "line__person", "line__product", "line__customer", "dispute__partner",
                 "dispute__person", "dispute__organisation")  # fmt: skip


def _state_by(dispute: Dispute) -> State:
    outcomes_told = set(dispute.items.values_list("outcome", flat=True))
    if DisputeItem.Outcome.ACCEPTED not in outcomes_told:
        return State.REFUSED
    return State.PARTLY if DisputeItem.Outcome.REFUSED in outcomes_told else State.ACCEPTED


def first_deciders(dispute: Dispute) -> set[int]:
    """Who (keys of users) calculated or published the earning, took its lines in, or decided the dispute before."""
    runs = dispute.earning.run if dispute.earning else None
    found = {runs.calculated_by_id, runs.published_by_id} if runs else set()
    found |= set(dispute.items.exclude(line=None).values_list("line__import_run__started_by", flat=True))
    found |= set(dispute.entries.filter(kind=Kind.DECIDED).values_list("author", flat=True))
    return {key for key in found if key is not None}


@transaction.atomic
def withdraw_dispute(*, dispute: Dispute, user: User) -> None:
    """The partner takes it back. Raises ValidationError where it was decided."""
    dispute = _open(dispute)
    dispute.state = State.WITHDRAWN
    dispute.save(update_fields=["state"])
    _note(dispute, Kind.WITHDRAWN, user)
    _record(dispute, "dispute.withdraw", user)
    _release(dispute, is_calculated_anew=False)


@transaction.atomic
def reopen_dispute(*, dispute: Dispute, user: User, words: str) -> None:
    """The partner doesn't agree to the answer: once, within thirty days, and to somebody else.

    What was not accepted is questioned anew, and its amount held as far as it still stands. Raises ValidationError.
    """
    dispute = _locked(dispute)
    if dispute.reopenable_until is None:
        raise ValidationError(
            _("This dispute can't be reopened. Open a new one where something new is known.")
        )
    if not words.strip():
        raise ValidationError(_("Say in a few words why the answer is not right."))
    reopened = dispute.items.exclude(outcome=DisputeItem.Outcome.ACCEPTED)
    if not reopened.exists():
        raise ValidationError(_("All was accepted. Open a new dispute for what is still wrong."))
    dispute.items.filter(outcome=DisputeItem.Outcome.ACCEPTED).update(questioned_minor=0)
    reopened.update(outcome="")
    dispute.state, dispute.answer, dispute.round = State.OPEN, "", dispute.round + 1
    dispute.decided_by, dispute.decided_at, dispute.escalated_at = None, None, None
    dispute.due_on = timezone.localdate() + timedelta(days=DUE_DAYS[Reason(dispute.reason)])
    dispute.save()
    holding.release(dispute)  # of what was accepted something may still wait for its calculation
    held = holding.hold_questioned(dispute)
    entry = _note(dispute, Kind.REOPENED, user, words, held_minor=held)
    _record(dispute, "dispute.reopen", user, held_minor=held)
    letters.tell_brand(entry)


@transaction.atomic
def escalate_overdue(*, organisation: Organisation, today: date) -> int:
    """Tells approvers of each dispute whose answer is overdue, once in each round; gives how many."""
    overdue = Dispute.objects.select_for_update(of=("self",)).select_related(*_LOCKED_WITH)
    found = list(
        overdue.filter(organisation=organisation, state=State.OPEN, due_on__lt=today, escalated_at=None)
    )
    for dispute in found:
        dispute.escalated_at = timezone.now()
        dispute.save(update_fields=["escalated_at"])
        _note(dispute, Kind.ESCALATED, None, is_internal=True)
        _record(dispute, "dispute.escalate", None)
        letters.tell_overdue(dispute)
    return len(found)


def _release(dispute: Dispute, *, is_calculated_anew: bool) -> None:
    """Not before the difference is posted, or a settlement in between would pay what has just been taken back."""
    if not is_calculated_anew:
        holding.release(dispute)
        return
    jobs.ask_for(
        organisation=dispute.organisation,
        kind=RELEASE_WHEN_CALCULATED,
        key=dispute.subject,
        payload={"dispute": dispute.pk},
    )


_LOCKED_WITH = ("organisation", "partner", "person__user", "programme", "earning__run", "assigned_to")


def _locked(dispute: Dispute) -> Dispute:
    locked = Dispute.objects.select_for_update(of=("self",)).select_related(*_LOCKED_WITH)
    return locked.get(pk=dispute.pk)


def _open(dispute: Dispute) -> Dispute:
    """The dispute, locked, so that two who decide at the same time don't both."""
    found = _locked(dispute)
    if found.state != State.OPEN:
        raise ValidationError(
            _("The dispute was decided already: %(state)s.") % {"state": found.get_state_display()}
        )
    return found


def _is_partners(dispute: Dispute, user: User) -> bool:
    return Person.objects.filter(user=user, partner=dispute.partner_id).exists()


def _note(
    dispute: Dispute,
    kind: Kind,
    author: User | None,
    text: str = "",
    *,
    is_internal: bool = False,
    **details: Any,
) -> DisputeEntry:
    return DisputeEntry.objects.create(
        organisation=dispute.organisation,
        dispute=dispute,
        author=author,
        kind=kind,
        text=text.strip()[:2000],
        is_internal=is_internal,
        details=details,
    )


def _record(dispute: Dispute, action: str, user: User | None, **details: Any) -> None:
    audit.record(
        organisation=dispute.organisation, user=user, action=action, subject=dispute.subject, **details
    )
