"""A partner’s lines beside those that are known: what both have, only one has, or differs, and what it would bring.

The same engine that pays works the difference out. Nothing of it is taken in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from headrace.base import formats
from headrace.disputes.models import Comparison, Reason
from headrace.disputes.reading import Read, Theirs
from headrace.earnings.what_if import Difference, OtherSales, difference
from headrace.sales.models import SalesLine
from headrace.sales.order_numbers import order_key
from headrace.sales.withdrawals import standing_lines

BOTH, DIFFERS, THEIRS, OURS = "both", "differs", "theirs", "ours"
KINDS = (DIFFERS, THEIRS, OURS, BOTH)
Key = Callable[[Any], Hashable]
Pair = tuple[Theirs | None, SalesLine | None]


def compare(comparison: Comparison, found: Read) -> dict[str, Any]:
    """All that the page of a comparison shows, as JSON: `rows`, `totals`, `rest`, `problems`, `outside`.

    `totals` is None where what one earns depends on everyone's sales. `rest` is what the differences would change
    of lines that both have: it is in the totals, and in no row.
    """
    inside = [one for one in found.lines if comparison.period_from <= one.on <= comparison.period_to]
    pairs = paired(inside, _ours(comparison))
    rows = [_row(theirs, ours) for theirs, ours in pairs]
    brought = _difference(comparison, pairs)
    for row in rows:
        row["brings"] = {} if brought is None else dict(brought.by_fact.get(row["fact"], {}))
    rows.sort(key=lambda row: (KINDS.index(row["kind"]), row["on"], row["row"] or 0))
    return {
        "rows": rows,
        "totals": None if brought is None else dict(brought.totals),
        "rest": {} if brought is None else _rest(brought, rows),
        "problems": found.problems,
        "outside": len(found.lines) - len(inside),
    }


def _ours(comparison: Comparison) -> list[SalesLine]:
    """The partner's lines of the period as they count: of a salesperson those it sold, and none that was corrected."""
    lines = standing_lines(comparison.organisation)
    corrected = lines.exclude(supersedes="").values("supersedes")
    of_partner = lines.filter(
        partner=comparison.partner, on__range=(comparison.period_from, comparison.period_to)
    ).exclude(external_id__in=corrected)
    if not comparison.person.is_owner:
        of_partner = of_partner.filter(person=comparison.person)
    return list(of_partner.select_related("product").order_by("on", "pk"))


def paired(theirs: Sequence[Theirs], ours: Sequence[SalesLine]) -> list[Pair]:
    """Each of their lines with ours of the same sale, one to one, by what names a sale most surely first."""
    left, right = list(theirs), list(ours)
    pairs: list[Pair] = []
    for of_theirs, of_ours in KEYS:
        by_key: dict[Hashable, list[SalesLine]] = defaultdict(list)
        for line in right:
            if (key := of_ours(line)) is not None:
                by_key[key].append(line)
        still, taken = [], set()
        for one in left:
            same = by_key.get(of_theirs(one)) if of_theirs(one) is not None else None
            if same:
                line = same.pop(0)
                pairs.append((one, line))
                taken.add(line.pk)
            else:
                still.append(one)
        left, right = still, [line for line in right if line.pk not in taken]
    return [*pairs, *((one, None) for one in left), *((None, line) for line in right)]


def _some(*parts: Any) -> Hashable:
    """A key, where each part of it is told."""
    return parts if all(part not in ("", None) for part in parts) else None


KEYS: tuple[tuple[Key, Key], ...] = (
    (lambda one: _some(one.id), lambda line: _some(line.external_id)),
    (lambda one: _some(one.serial.casefold()), lambda line: _some(line.serial.casefold())),
    (
        lambda one: _some(order_key(one.order_id), one.product and one.product.pk, one.quantity_e4, one.net_amount_e4),
        lambda line: _some(line.order_key, line.product_id, line.quantity_e4, line.net_amount_e4),
    ),
    (
        lambda one: _some(order_key(one.order_id), one.product and one.product.pk),
        lambda line: _some(line.order_key, line.product_id),
    ),
    (lambda one: _some(order_key(one.order_id)), lambda line: _some(line.order_key)),
    (
        lambda one: _some(one.product and one.product.pk, one.on, one.quantity_e4, one.net_amount_e4),
        lambda line: _some(line.product_id, line.on, line.quantity_e4, line.net_amount_e4),
    ),
)  # fmt: skip


def differing(theirs: Theirs, ours: SalesLine) -> list[str]:
    """The fields that differ; a product that nobody knows by its text is not held against the line."""
    is_other = theirs.product is not None and theirs.product.pk != ours.product_id
    found = {
        "on": theirs.on != ours.on,
        "product": is_other,
        "quantity": theirs.quantity_e4 != ours.quantity_e4,
        "net_amount": theirs.net_amount_e4 != ours.net_amount_e4,
    }
    return [name for name, differs in found.items() if differs]


def _row(theirs: Theirs | None, ours: SalesLine | None) -> dict[str, Any]:
    differs = differing(theirs, ours) if theirs and ours else []
    kind = (DIFFERS if differs else BOTH) if theirs and ours else THEIRS if theirs else OURS
    on = theirs.on if theirs else ours.on if ours else None
    return {
        "kind": kind,
        "row": theirs.row if theirs else None,
        "fact": ours.external_id if ours else _fact(theirs),
        "line": ours.pk if ours else None,
        "on": on.isoformat() if on else "",
        "differs": differs,
        "theirs": _told(theirs) if theirs else None,
        "ours": _known(ours) if ours else None,
    }


def _fact(theirs: Theirs | None) -> str:
    """An id that no line has: those of imports never begin with a blank."""
    return f" row-{theirs.row}" if theirs else ""


def _told(one: Theirs) -> dict[str, Any]:
    return {
        "order_id": one.order_id,
        "serial": one.serial,
        "on": one.on.isoformat(),
        "product": one.product.name if one.product else one.product_text,
        "product_id": one.product.pk if one.product else None,
        "quantity_e4": one.quantity_e4,
        "net_amount_e4": one.net_amount_e4,
    }


def _known(line: SalesLine) -> dict[str, Any]:
    return {
        "order_id": line.order_id,
        "serial": line.serial,
        "on": line.on.isoformat(),
        "product": line.product.name if line.product else "",
        "product_id": line.product_id,
        "quantity_e4": line.quantity_e4,
        "net_amount_e4": line.net_amount_e4,
        "currency": line.currency,
    }


def _difference(comparison: Comparison, pairs: Iterable[Pair]) -> Difference | None:
    """What theirs would bring in place of ours; a line whose product nobody knows counts without one."""
    without, added, changed = [], [], {}
    for theirs, ours in pairs:
        if theirs is None and ours is not None:
            without.append(ours.external_id)
        elif theirs is not None and ours is None:
            added.append(_new(comparison, theirs))
        elif theirs is not None and ours is not None and (names := differing(theirs, ours)):
            changed[ours.external_id] = {name: _fields(theirs)[name] for name in names}
    person = None if comparison.person.is_owner else comparison.person
    other = OtherSales(without, added, changed)
    return difference(programme=comparison.programme, partner=comparison.partner, other=other, person=person)


def _fields(one: Theirs) -> dict[str, Any]:
    return {
        "on": one.on.isoformat(),
        "product": one.product.code if one.product else None,
        "quantity": str(formats.from_e4(one.quantity_e4)),
        "net_amount": str(formats.from_e4(one.net_amount_e4)),
    }


def _new(comparison: Comparison, one: Theirs) -> dict[str, Any]:
    """As a line that a partner says is missing would be taken in."""
    return {
        **_fields(one),
        "id": _fact(one),
        "order_id": one.order_id or None,
        "serial": one.serial or None,
        "partner": comparison.partner.code,
        "person": None if comparison.person.is_owner else comparison.person.code,
        "currency": comparison.organisation.currency,
        "flow": SalesLine.Flow.SELL_OUT.value,
    }


def _rest(brought: Difference, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    told: Counter[str] = Counter()
    for row in rows:
        if row["kind"] != BOTH:
            told.update(row["brings"])
    rest = {unit: brought.totals.get(unit, 0) - told[unit] for unit in {*brought.totals, *told}}
    return {unit: minor for unit, minor in sorted(rest.items()) if minor}


def reason_of(row: Mapping[str, Any]) -> Reason:
    """What a partner says who questions a row."""
    if row["kind"] == THEIRS:
        return Reason.MISSING_SALE
    if row["kind"] == OURS:
        return Reason.NOT_MINE
    if "product" in row["differs"]:
        return Reason.WRONG_PRODUCT
    return Reason.WRONG_PERIOD if row["differs"] == ["on"] else Reason.WRONG_AMOUNT
