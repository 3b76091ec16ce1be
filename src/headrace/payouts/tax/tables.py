"""Reading the tables of tax. Numbers stay text until they are exact fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Rate:
    """What holds from a day on: `rate` of `share` of the amount, once a year's amounts are above `over`.

    `of` says which year's: "this_year" with the payment itself, or "year_before". `over` is in major units of
    `currency`; None: from the first cent.
    """

    begins: date
    rate: Fraction
    share: Fraction
    over: Fraction | None
    currency: str
    of: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A tax that the payer withholds: of whom, and at which rates. `unless` names what of the payee's lifts it."""

    key: str
    name: str
    form: str
    payee: str
    being: frozenset[str]
    activity: frozenset[str]
    unless: str
    rates: Sequence[Rate]
    source: str

    def rate_on(self, day: date) -> Rate | None:
        begun = [rate for rate in self.rates if rate.begins <= day]
        return max(begun, key=lambda rate: rate.begins, default=None)


@dataclass(frozen=True, slots=True)
class VatTable:
    """The standard rates of a country by the day each began."""

    is_eu: bool
    rates: Mapping[date, str]

    def rate_on(self, day: date) -> str | None:
        """The rate as text, "0.19"; None before the first that is known."""
        begun = [begins for begins in self.rates if begins <= day]
        return self.rates[max(begun)] if begun else None


@cache
def rules_of(country: str) -> tuple[Rule, ...] | None:
    """The rules of a payer's country; None where nothing is known of it, which is not the same as none."""
    path = FOLDER / f"{country.lower()}.yaml"
    if not country.isalpha() or len(country) != 2 or not path.is_file():
        return None
    return tuple(_rule(told) for told in _read(path)["withholding"])


def countries() -> list[str]:
    """The countries of which it is known what is withheld."""
    return sorted(path.stem.upper() for path in FOLDER.glob("??.yaml"))


@cache
def vat_tables() -> Mapping[str, VatTable]:
    return {
        country: VatTable(told["eu"], {rate["from"]: rate["rate"] for rate in told["rates"]})
        for country, told in _read(FOLDER / "vat.yaml").items()
    }


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _rule(told: Mapping[str, Any]) -> Rule:
    return Rule(
        key=told["key"],
        name=told["name"],
        form=told["form"],
        payee=told["payee"],
        being=frozenset(told["being"]),
        activity=frozenset(told["activity"]),
        unless=told.get("unless", ""),
        rates=tuple(
            Rate(
                begins=rate["from"],
                rate=Fraction(rate["rate"]),
                share=Fraction(rate.get("share", "1")),
                over=Fraction(rate["over"]) if "over" in rate else None,
                currency=rate.get("currency", ""),
                of=rate.get("of", ""),
            )
            for rate in told["rates"]
        ),
        source=told["source"],
    )
