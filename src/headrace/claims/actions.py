"""Verbs of claims: submit, approve, refuse, withdraw; and work out what one would bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import audit, files, jobs
from headrace.base.approvals.actions import ask_for_approval, withdraw_request
from headrace.base.approvals.rules import needs_approval
from headrace.base.models import User
from headrace.claims import checks, letters, proofs, seen
from headrace.claims.models import ClaimProof, Refusal, SaleClaim, State
from headrace.earnings.previews import preview
from headrace.partners.models import Person
from headrace.sales import posted
from headrace.sales.models import Product, SalesLine
from headrace.sales.order_numbers import order_key
from headrace.sales.posted import Sender

PROOFS_MAX = 3
CLAIM_SUBMITTED = "claims.submitted"
SOURCE = "claims"


@dataclass(frozen=True, slots=True)
class Sold:
    """What a salesperson says was sold; quantity and amount at 1e-4."""

    product_text: str
    product: Product | None
    sold_on: date
    quantity_e4: int
    net_amount_e4: int
    invoice_number: str
    serial: str = ""
    customer: str = ""


@transaction.atomic
def submit_claim(*, person: Person, sold: Sold, uploads: Sequence[UploadedFile[bytes]]) -> SaleClaim:
    """A claim with one to three proofs, checked at once; what it would bring is worked out soon after.

    Raises ValidationError where a proof is no photo or PDF, or there are too few or too many.
    """
    if not 1 <= len(uploads) <= PROOFS_MAX:
        raise ValidationError(_("A claim has one to %(limit)s proofs.") % {"limit": PROOFS_MAX})
    media_types = [proofs.media_type_of(upload) for upload in uploads]
    assert person.partner is not None, "only people of partners claim"
    claim = SaleClaim.objects.create(
        organisation=person.organisation,
        partner=person.partner,
        person=person,
        product_text=sold.product_text,
        product=sold.product,
        serial=sold.serial,
        invoice_number=sold.invoice_number,
        invoice_key=order_key(sold.invoice_number),
        customer=sold.customer,
        sold_on=sold.sold_on,
        quantity_e4=sold.quantity_e4,
        net_amount_e4=sold.net_amount_e4,
        currency=person.organisation.currency,
    )
    for upload, media_type in zip(uploads, media_types, strict=True):
        ClaimProof.objects.create(
            organisation=claim.organisation,
            claim=claim,
            sha256=files.keep(upload.chunks()),
            media_type=media_type,
            name=(upload.name or "")[-255:],
            size_bytes=upload.size or 0,
        )
    _note_checks(claim)
    claim.save(update_fields=["checks"])
    _record(claim, "claim.submit", person.user)
    jobs.ask_for(
        organisation=claim.organisation,
        kind=CLAIM_SUBMITTED,
        key=f"claim:{claim.pk}",
        payload={"claim": claim.pk},
        user=person.user,
    )
    return claim


def _note_checks(claim: SaleClaim) -> None:
    claim.checks = [one.as_json() for one in checks.check(claim)]


def expect_earnings(*, claim: SaleClaim) -> None:
    """Notes what the claim would bring whoever earns by it, as far as their own sales decide."""
    found = preview(organisation=claim.organisation, partner=claim.partner, line=line_of(claim))
    claim.expected = [{"programme": one.programme.pk, "unit": one.unit, "minor": one.minor} for one in found]
    claim.save(update_fields=["expected"])


@transaction.atomic
def approve_claim(*, claim: SaleClaim, user: User, product: Product | None = None) -> SaleClaim:
    """Makes the claim a sales line; what it earns follows. `product` says which one it is where that was open.

    Where a rule says so it waits until others have approved it too: it is still `SUBMITTED` then.
    Raises ValidationError where it was decided already, the product is open, or the line can't be taken in.
    """
    claim = _waiting(claim)
    claim.product = product or claim.product
    if claim.product is None:
        raise ValidationError(_("Choose the product that was sold."))
    asked = seen.as_asked(claim)
    if needs_approval(organisation=claim.organisation, kind=seen.CLAIM, **asked):
        claim.save(update_fields=["product", "checks"])
        ask_for_approval(
            organisation=claim.organisation,
            kind=seen.CLAIM,
            subject=seen.subject_of(claim),
            title=str(claim),
            seen=seen.seen_of(claim),
            requested_by=user,
            **asked,
        )
        return claim
    return _accept(claim, user)


@transaction.atomic
def accept_approved_claim(*, claim: SaleClaim, user: User) -> SaleClaim:
    """What follows once all who had to have approved it; `user` is the last of them."""
    return _accept(_waiting(claim), user)


def _accept(claim: SaleClaim, user: User) -> SaleClaim:
    sender = Sender(claim.organisation, SOURCE, _("Claims"))
    run, (answer,) = posted.take_posted(sender=sender, lines=[line_of(claim)], user=user)
    if answer["result"] != "accepted":
        raise ValidationError([reason["detail"] for reason in answer["reasons"]])
    claim.import_run = run
    return _told(_decide(claim, State.APPROVED, user))


@transaction.atomic
def refuse_claim(*, claim: SaleClaim, user: User, refusal: Refusal, comment: str = "") -> SaleClaim:
    """Refuses the claim with a reason that its person reads. Raises ValidationError where it was decided already."""
    claim = _waiting(claim)
    withdraw_request(
        organisation=claim.organisation, kind=seen.CLAIM, subject=seen.subject_of(claim), user=user
    )
    claim.refusal, claim.comment = refusal, comment
    if refusal == Refusal.OTHER and not comment:
        raise ValidationError(_("Say in a few words why."))
    return _told(_decide(claim, State.REFUSED, user))


@transaction.atomic
def withdraw_claim(*, claim: SaleClaim, user: User) -> SaleClaim:
    """Takes a claim back that nobody decided yet. Raises ValidationError where somebody has."""
    claim = _waiting(claim)
    withdraw_request(
        organisation=claim.organisation, kind=seen.CLAIM, subject=seen.subject_of(claim), user=user
    )
    return _decide(claim, State.WITHDRAWN, user)


def line_of(claim: SaleClaim) -> dict[str, Any]:
    """The claim as a sales line, as `posted` takes it."""
    given = {
        "id": claim.line_id,
        "order_id": claim.invoice_number,
        "partner": claim.partner.code,
        "person": claim.person.code,
        "product": claim.product.code if claim.product else None,
        "on": claim.sold_on.isoformat(),
        "currency": claim.currency,
        "quantity": str(claim.quantity),
        "net_amount": str(claim.net_amount),
        "flow": SalesLine.Flow.SELL_OUT.value,
        "serial": claim.serial,
    }
    return {**dict.fromkeys(posted.NAMES), **given, "attributes": {}}


def _waiting(claim: SaleClaim) -> SaleClaim:
    """The claim, locked, so that two who decide at the same time don't both."""
    locked = SaleClaim.objects.select_for_update(of=("self",)).select_related(
        "organisation", "partner", "person__user", "product"
    )
    found = locked.get(pk=claim.pk)
    if found.state != State.SUBMITTED:
        raise ValidationError(
            _("The claim was decided already: %(state)s.") % {"state": found.get_state_display()}
        )
    _note_checks(found)  # as whoever decides sees them
    return found


def _decide(claim: SaleClaim, state: State, user: User) -> SaleClaim:
    claim.state, claim.decided_by, claim.decided_at = state, user, timezone.now()
    claim.save()
    _record(claim, f"claim.{_VERBS[state]}", user, **({"refusal": claim.refusal} if claim.refusal else {}))
    return claim


def _told(claim: SaleClaim) -> SaleClaim:
    letters.tell_decision(claim)
    return claim


_VERBS = {State.APPROVED: "approve", State.REFUSED: "refuse", State.WITHDRAWN: "withdraw"}


def _record(claim: SaleClaim, action: str, user: User | None, **details: Any) -> None:
    audit.record(
        organisation=claim.organisation, user=user, action=action, subject=f"claim:{claim.pk}", **details
    )


def products_named(organisation_id: int, text: str) -> Iterable[Product]:
    """The products whose code or name is the text, whatever the size of its letters."""
    found = Product.objects.filter(organisation_id=organisation_id)
    by_code = list(found.filter(code__iexact=text)[:2])
    return by_code or list(found.filter(name__iexact=text)[:2])
