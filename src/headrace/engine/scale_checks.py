"""What a scale needs of the rule around it."""

from collections.abc import Iterator

from headrace.engine.expressions import Attainment, Growth
from headrace.engine.programme import Rule
from headrace.engine.report import Report
from headrace.engine.scale_parsing import is_ratio
from headrace.engine.scales import (
    AdditiveCapped,
    Banded,
    Excess,
    Flat,
    Interpolate,
    Lookup,
    Package,
    Pay,
    Rank,
)


def check_scale(rule: Rule, path: str, report: Report) -> None:
    """Notes where a scale and the rule around it don't fit."""
    _check_pays(rule, path, report)
    match rule.scale:
        case AdditiveCapped():
            if rule.x != rule.b:
                found = "base and on are different measures, but both are held against the bands"
                report.wrong(f"{path}.on", found, "leave one of the two out")
        case Excess():
            _check_excess(rule, path, report)
        case Interpolate(bands=bands):
            if len(bands) < 2:
                right = "give two bands, or mode: retro"
                report.wrong(f"{path}.bands", "one band, but a line runs between two", right)
        case Rank():
            if rule.every.kind in ("fact", "order"):
                found = f"places where each {rule.every.kind} stands alone"
                report.wrong(path, found, "a rank needs a period: every is month, quarter, year, ...")


def _check_pays(rule: Rule, path: str, report: Report) -> None:
    kind = rule.pays.kind
    for below, pay in pays(rule):
        if pay.rate is not None and kind in ("status", "badge", "reward", "entry"):
            report.wrong(f"{path}{below}.rate", f"a share of a {kind}", "give an amount, or nothing for one")
        if pay.per_unit is not None and kind in ("status", "badge"):
            report.wrong(f"{path}{below}.per_unit", f"a {kind} for each unit", f"a {kind} is earned once")
        if pay.per_unit is not None and isinstance(rule.x, Growth | Attainment):
            found = "a sum for each unit of a percentage"
            report.wrong(f"{path}{below}.per_unit", found, "give a rate or an amount, or on: sum(quantity)")
        if pay.rate is not None and isinstance(rule.b, Growth | Attainment):
            report.wrong(
                f"{path}{below}.rate", "a share of a percentage", "give the base, as base: sum(net_amount)"
            )
        if pay.amount is not None and kind == "status" and pay.amount != 1:
            report.wrong(f"{path}{below}.amount", f"{pay.amount:f} times a status", "a status is earned once")


def pays(rule: Rule) -> Iterator[tuple[str, Pay]]:
    """Everything that a scale may pay, with its path below the scale."""
    match rule.scale:
        case Flat(rate=rate, per_unit=per_unit, amount=amount):
            yield "", Pay(rate, per_unit, amount)
        case Banded(bands=bands):
            for place, band in enumerate(bands):
                yield f".bands[{place}]", Pay(band.rate, band.per_unit, band.amount)
        case Package(amount=amount):
            yield "", Pay(amount=amount)
        case Lookup(values=values, otherwise=otherwise):
            yield from ((f".values.{value}", pay) for value, pay in values.items())
            if otherwise:
                yield ".otherwise", otherwise
        case Rank(places=places):
            yield from ((f".places[{place}]", Pay(amount=each.amount)) for place, each in enumerate(places))


def _check_excess(rule: Rule, path: str, report: Report) -> None:
    x = rule.x
    if isinstance(x, Growth):
        if rule.b != x.measure:
            found = "a base that is not the measure that grows"
            report.wrong(f"{path}.on", found, "leave base out, or let growth compare the base")
    elif is_ratio(x):
        report.wrong(
            f"{path}.on", "no amount lies above a bound in per cent", "excess goes with growth or amounts"
        )
    elif x != rule.b:
        found = "base and on are different measures, but the bound is taken off the base"
        report.wrong(f"{path}.on", found, "leave one of the two out")
