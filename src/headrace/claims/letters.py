"""What a salesperson is told by e-mail about a claim."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from headrace.base import formats, mail
from headrace.claims.models import SaleClaim, State

CLAIM_IS_DECIDED = "claims.decided"


def tell_decision(claim: SaleClaim) -> None:
    """Asks for an e-mail to whoever claimed, where they can sign in; in the transaction of the decision."""
    user = claim.person.user
    if user is None or not user.is_active:
        return
    with mail.written_in(user.language):
        mail.ask_to_send(
            organisation=claim.organisation,
            to=user.email,
            language=user.language,
            subject=_subject(claim),
            body=_body(claim, user.name),
            kind=CLAIM_IS_DECIDED,
            subject_ref=f"claim:{claim.pk}",
            key=f"claim-decided:{claim.pk}",
        )


def _subject(claim: SaleClaim) -> str:
    told = {"invoice": claim.invoice_number}
    if claim.state == State.APPROVED:
        return _("Your claim for invoice %(invoice)s is approved") % told
    return _("Your claim for invoice %(invoice)s is refused") % told


def _body(claim: SaleClaim, name: str) -> str:
    parts = [
        _("Hello %(name)s,") % {"name": name},
        _("you claimed this sale: %(product)s, invoice %(invoice)s, %(day)s, %(amount)s.")
        % {
            "product": claim.product.name if claim.product else claim.product_text,
            "invoice": claim.invoice_number,
            "day": formats.long_day(claim.sold_on),
            "amount": formats.amount(claim.net_amount, claim.currency),
        },
        _told(claim),
        _("The claim with all its details: %(address)s")
        % {"address": mail.link(reverse("portal:claim", args=[claim.pk]))},
        claim.organisation.name,
    ]
    return "\n\n".join(parts) + "\n"


def _told(claim: SaleClaim) -> str:
    if claim.state == State.APPROVED:
        return _("It is approved. What it earns you find in the portal soon.")
    told = _("It is refused, for this reason: %(reason)s") % {"reason": claim.get_refusal_display()}
    return "\n".join([told, claim.comment]) if claim.comment else told
