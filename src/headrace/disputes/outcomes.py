"""What an accepted item changes: a sales line is added, corrected or withdrawn. What it earns follows by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.base.models import User
from headrace.disputes.models import Dispute, DisputeItem, Reason
from headrace.sales import posted
from headrace.sales.arrivals import tell_arrival
from headrace.sales.models import SalesLine
from headrace.sales.posted import Sender
from headrace.sales.withdrawals import withdraw_lines

SOURCE = "disputes"


def put_right(dispute: Dispute, items: Sequence[DisputeItem], user: User) -> None:
    """Adds, corrects and withdraws lines as the items say, and asks that the partner's earnings are worked out anew.

    Where only the rate or the tier is meant, they are worked out by what is known of it now. In the caller's
    transaction; raises ValidationError where a line can't be taken in.
    """
    not_ours = [item for item in items if item.line_id is not None and item.reason == Reason.NOT_MINE]
    taken_in = [item for item in items if item not in not_ours and item.says_what_is_right]
    if taken_in:
        _take_in(dispute, taken_in, user)
    if not_ours:
        withdraw_lines(
            organisation=dispute.organisation,
            lines=SalesLine.objects.filter(pk__in=[item.line_id for item in not_ours]),
            reason=_("Dispute %(number)s: not a sale of the partner.") % {"number": dispute.number},
            subject=dispute.subject,
            user=user,
        )
    sellers = {item.line.partner_id for item in items if item.line}
    tell_arrival(organisation=dispute.organisation, partners={dispute.partner_id, *sellers}, user=user)


def _take_in(dispute: Dispute, items: Sequence[DisputeItem], user: User) -> None:
    sender = Sender(dispute.organisation, SOURCE, _("Disputes"))
    lines = [line_of(item) for item in items]
    _run, answers = posted.take_posted(sender=sender, lines=lines, user=user)
    if refused := [answer for answer in answers if answer["result"] != "accepted"]:
        raise ValidationError([reason["detail"] for answer in refused for reason in answer["reasons"]])


def line_of(item: DisputeItem) -> dict[str, Any]:
    """The item as a sales line, as `posted` takes it: what the partner said, and of the line it corrects the rest.

    Raises ValidationError where a sale that is missing isn't told completely.
    """
    dispute, line = item.dispute, item.line
    if item.product_text and item.product is None:
        raise ValidationError(
            _("“%(text)s” is no product that is known: say which one.") % {"text": item.product_text}
        )
    if line is not None:
        return {**_fields_of(line), **_told(item), "id": item.external_id, "supersedes": line.external_id}
    if item.product is None or item.sold_on is None or item.quantity_e4 is None or item.net_amount_e4 is None:
        raise ValidationError(_("A missing sale needs its product, day, quantity and amount."))
    given = {
        **_told(item),
        "id": item.external_id,
        "partner": dispute.partner.code,
        "person": None if dispute.person.is_owner else dispute.person.code,
        "currency": item.currency or dispute.organisation.currency,
        "order_id": item.order_id,
        "serial": item.serial,
        "flow": SalesLine.Flow.SELL_OUT.value,
    }
    return {**dict.fromkeys(posted.NAMES), **given, "attributes": {}}


def _told(item: DisputeItem) -> dict[str, Any]:
    """What the partner said is right."""
    told = {
        "product": item.product.code if item.product else None,
        "on": item.sold_on.isoformat() if item.sold_on else None,
        "quantity": _text(item.quantity_e4),
        "net_amount": _text(item.net_amount_e4),
    }
    return {name: value for name, value in told.items() if value is not None}


def _fields_of(line: SalesLine) -> dict[str, Any]:
    """A line as it stands."""
    kept = {
        "order_id": line.order_id,
        "partner": line.partner.code,
        "person": line.person.code if line.person else None,
        "product": line.product.code if line.product else None,
        "customer": line.customer.code if line.customer else None,
        "on": line.on.isoformat(),
        "currency": line.currency,
        "quantity": _text(line.quantity_e4),
        "net_amount": _text(line.net_amount_e4),
        "list_amount": _text(line.list_amount_e4),
        "unit_cost": _text(line.unit_cost_e4),
        "flow": line.flow,
        "serial": line.serial,
        "returns": line.returns,
    }
    return {**dict.fromkeys(posted.NAMES), **kept, "attributes": line.attributes}


def _text(value_e4: int | None) -> str | None:
    return None if value_e4 is None else str(formats.from_e4(value_e4))
