"""What is withheld of a payment, and in codes and parameters why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from headrace.engine.reference.amounts import to_minor
from headrace.kernel import currency
from headrace.payouts.models import TaxProfile
from headrace.payouts.tax.tables import Rate, Rule, rules_of


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount in minor units of `unit`, and what the same payee got in the year so far and in the year before."""

    amount_minor: int
    unit: str
    on: date
    this_year_minor: int = 0
    year_before_minor: int = 0


@dataclass(frozen=True, slots=True)
class Withheld:
    """The amount in minor units, and `told`: a code with its parameters, as a statement explains it."""

    amount_minor: int
    told: dict[str, Any]


def withheld_of(payment: Payment, payer: TaxProfile | None, payee: TaxProfile | None) -> Withheld:
    """By the tables of the payer's country. Nothing where either is not described: that is said, not guessed."""
    if payer is None or payee is None:
        return Withheld(0, {"code": "no_payer" if payer is None else "no_payee"})
    rules = rules_of(payer.country)
    if rules is None:
        return Withheld(0, {"code": "none_known", "country": payer.country})
    for rule in rules:
        if (rate := rule.rate_on(payment.on)) is not None and _applies(rule, payer, payee):
            return _by(rule, rate, payment, payer, payee)
    return Withheld(0, {"code": "none_applies", "country": payer.country})


def _applies(rule: Rule, payer: TaxProfile, payee: TaxProfile) -> bool:
    whence = "resident" if payee.country == payer.country else "foreign"
    is_lifted = rule.unless == "tax_id" and payee.tax_id != ""
    return (
        rule.payee == whence
        and payee.being in rule.being
        and payee.activity in rule.activity
        and not is_lifted
    )


def _by(rule: Rule, rate: Rate, payment: Payment, payer: TaxProfile, payee: TaxProfile) -> Withheld:
    told: dict[str, Any] = {"country": payer.country, "name": rule.name, "form": rule.form}
    if payee.is_exempt(payment.on):
        return Withheld(0, {**told, "code": "exempt", "certificate": payee.exemption})
    if not _is_over(rate, payment):
        return Withheld(
            0, {**told, "code": "below", "over": str(rate.over), "currency": rate.currency, "of": rate.of}
        )
    digits = currency.digits(payment.unit)
    amount = Fraction(payment.amount_minor, 10**digits) * rate.share * rate.rate
    return Withheld(
        to_minor(amount, digits, "half_up"),
        {**told, "code": "withheld", "rate": _decimal(rate.rate), "share": _decimal(rate.share)},
    )


def _is_over(rate: Rate, payment: Payment) -> bool:
    """A threshold in another currency can't be compared, so it counts as passed: better withheld than owed."""
    if rate.over is None or payment.unit != rate.currency:
        return True
    if rate.of == "year_before":
        counted_minor = payment.year_before_minor
    else:
        counted_minor = payment.this_year_minor + payment.amount_minor
    return Fraction(counted_minor, 10 ** currency.digits(payment.unit)) > rate.over


def _decimal(value: Fraction) -> str:
    """A rate of the tables as they write it: they hold plain decimals of at most six places."""
    whole, rest = divmod(value.numerator * 10**6 // value.denominator, 10**6)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")
