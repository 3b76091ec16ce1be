"""What is checked of a claim before a person decides: each check holds, doesn't, or can't be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headrace.base import formats
from headrace.claims.models import ClaimProof, SaleClaim, State
from headrace.sales.models import SalesLine
from headrace.sales.withdrawals import standing_lines

DAYS_MAX = 90
# What a piece is sold for, as a part of its list price: less or more is seldom, and worth a look.
LEAST, MOST = Decimal("0.50"), Decimal("1.20")
# A sale and its invoice may be dated some days apart.
DAYS_APART = 7
STANDING = (State.SUBMITTED, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a check: `holds` is None where nothing is known to hold it against."""

    check: str
    holds: bool | None
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"check": self.check, "holds": self.holds, "params": dict(self.params)}


# What is told where a check holds, where it doesn't, and where it can't be told.
TEXTS: Mapping[str, tuple[Promise, Promise, Promise]] = {
    "date": (
        _("The day of the sale fits."),
        _("The sale was on %(on)s. It may be up to %(days)s days before the claim, not after it, and not before the person joined."),  # noqa: E501
        _("The day of the sale fits."),
    ),
    "product": (
        _("The product is known."),
        _("“%(text)s” is no product that is known: choose the right one."),
        _("The product is known."),
    ),
    "serial_known": (
        _("The serial number is one that was delivered."),
        _("The serial number “%(serial)s” was never delivered."),
        _("No serial numbers to compare with."),
    ),
    "serial_free": (
        _("The serial number was not sold before."),
        _("The serial number “%(serial)s” was sold before: %(where)s."),
        _("No serial number was given."),
    ),
    "invoice_free": (
        _("The invoice was not used for this product before."),
        _("The invoice is known for this product already: %(where)s."),
        _("The invoice was not used for this product before."),
    ),
    "proof_new": (
        _("The proof was not used before."),
        _("The same file proves another claim: %(where)s."),
        _("The proof was not used before."),
    ),
    "amount": (
        _("The amount fits the list price."),
        _("The amount is %(part)s of the list price; from %(least)s to %(most)s is usual."),
        _("There is no list price to compare with."),
    ),
}  # fmt: skip


def tell(told: Mapping[str, Any]) -> str:
    """A check as `Check.as_json` gave it, in the reader's language."""
    holds, fails, unknown = TEXTS[told["check"]]
    text = unknown if told["holds"] is None else holds if told["holds"] else fails
    return str(text) % {name: _written(name, value) for name, value in told["params"].items()}


def _written(name: str, value: Any) -> Any:
    if name == "on":
        return formats.long_day(date.fromisoformat(value))
    return formats.percent(Decimal(value), 0) if name in ("part", "least", "most") else value


def check(claim: SaleClaim) -> list[Check]:
    """Everything that can be checked of a claim and its proofs."""
    return [one(claim) for one in CHECKS]


def _date(claim: SaleClaim) -> Check:
    claimed_on = claim.submitted_at.date()
    joined_on = claim.person.joined_on
    # A day ahead may be today elsewhere.
    fits = claimed_on - timedelta(days=DAYS_MAX) <= claim.sold_on <= claimed_on + timedelta(days=1)
    holds = fits and (joined_on is None or joined_on <= claim.sold_on)
    return Check("date", holds, {"on": claim.sold_on.isoformat(), "days": DAYS_MAX})


def _product(claim: SaleClaim) -> Check:
    return Check("product", claim.product_id is not None, {"text": claim.product_text})


def _serial_known(claim: SaleClaim) -> Check:
    delivered = (
        _lines(claim)
        .filter(flow__in=(SalesLine.Flow.SELL_IN, SalesLine.Flow.SELL_THROUGH))
        .exclude(serial="")
    )
    if not claim.serial or not delivered.exists():
        return Check("serial_known", None)
    return Check(
        "serial_known", delivered.filter(serial__iexact=claim.serial).exists(), {"serial": claim.serial}
    )


def _serial_free(claim: SaleClaim) -> Check:
    if not claim.serial:
        return Check("serial_free", None)
    sold = _lines(claim).filter(serial__iexact=claim.serial, quantity_e4__gt=0)
    sold = sold.exclude(flow__in=(SalesLine.Flow.SELL_IN, SalesLine.Flow.SELL_THROUGH))
    claimed = _other_claims(claim).filter(serial__iexact=claim.serial)
    where = [*sold.values_list("external_id", flat=True)[:1], *map(str, claimed[:1])]
    return Check("serial_free", not where, {"serial": claim.serial, "where": ", ".join(where)})


def _invoice_free(claim: SaleClaim) -> Check:
    same_product = (
        Q(product=claim.product) if claim.product_id else Q(product_text__iexact=claim.product_text)
    )
    claimed = _other_claims(claim).filter(same_product, partner=claim.partner, invoice_key=claim.invoice_key)
    around = (claim.sold_on - timedelta(days=DAYS_APART), claim.sold_on + timedelta(days=DAYS_APART))
    reported = _lines(claim).filter(partner=claim.partner, product=claim.product, on__range=around)
    known = list(reported.filter(order_key=claim.invoice_key).values_list("external_id", flat=True)[:1])
    where = [*known, *map(str, claimed[:1])]
    return Check("invoice_free", not where, {"where": ", ".join(where)})


def _proof_new(claim: SaleClaim) -> Check:
    hashes = claim.proofs.values("sha256")
    others = ClaimProof.objects.filter(claim__in=_other_claims(claim), sha256__in=hashes)
    # Several products of one invoice are several claims with one proof.
    used = others.exclude(claim__invoice_key=claim.invoice_key).select_related("claim").first()
    return Check("proof_new", used is None, {"where": str(used.claim)} if used else {})


def _amount(claim: SaleClaim) -> Check:
    list_price_e4 = claim.product.list_price_e4 if claim.product else None
    if not list_price_e4 or claim.currency != claim.organisation.currency:
        return Check("amount", None)
    part = claim.net_amount_e4 / (claim.quantity * list_price_e4)
    params = {"part": str(part), "least": str(LEAST), "most": str(MOST)}
    return Check("amount", LEAST <= part <= MOST, params)


CHECKS: tuple[Callable[[SaleClaim], Check], ...] = (
    _date,
    _product,
    _serial_known,
    _serial_free,
    _invoice_free,
    _proof_new,
    _amount,
)


def _lines(claim: SaleClaim) -> QuerySet[SalesLine]:
    return standing_lines(claim.organisation)


def _other_claims(claim: SaleClaim) -> QuerySet[SaleClaim]:
    return SaleClaim.objects.filter(organisation=claim.organisation, state__in=STANDING).exclude(pk=claim.pk)
