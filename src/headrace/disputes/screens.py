"""What both doors show of a dispute and of a comparison."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.disputes import comparing, holding
from headrace.disputes.models import Answer, Comparison, Dispute, DisputeEntry, DisputeItem, State
from headrace.earnings.screens import spreadsheet_safe
from headrace.sales.drafting.labels import LABELS

ROWS_A_PAGE = 50
Kind = DisputeEntry.Kind


@dataclass(frozen=True, slots=True)
class ToldItem:
    """One thing that is questioned, with what stands and what would be right, field by field."""

    item: DisputeItem
    title: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """What happened, as one reads it."""

    entry: DisputeEntry
    author: str
    note: str


def dispute_context(dispute: Dispute, *, for_brand: bool) -> dict[str, Any]:
    """A dispute with its items, evidence and history; the partner doesn't see what is internal."""
    entries = dispute.entries.select_related("author").order_by("at", "pk")
    seen = entries if for_brand else entries.filter(is_internal=False)
    items = dispute.items.select_related("line__product", "product").order_by("pk")
    return {
        "dispute": dispute,
        "items": [_item(item, dispute) for item in items],
        "entries": [_entry(entry, dispute, for_brand) for entry in seen],
        "proofs": list(dispute.proofs.order_by("pk")),
        "held_minor": holding.held_minor(dispute),
        "unit": unit_of(dispute),
    }


def unit_of(dispute: Dispute) -> str:
    """In which unit what is in question is paid."""
    return dispute.earning.unit if dispute.earning else dispute.organisation.currency


def _item(item: DisputeItem, dispute: Dispute) -> ToldItem:
    line = item.line
    title = item.step or str(item.get_reason_display())
    if line is not None:
        title = line.product.name if line.product else line.external_id
    elif item.product_text:
        title = item.product.name if item.product else item.product_text
    facts = list(_line_facts(item)) if line else list(_right_facts(item))
    if item.questioned_minor:
        facts.append((_("In question"), formats.money(item.questioned_minor, unit_of(dispute))))
    return ToldItem(item, title, facts)


def _line_facts(item: DisputeItem) -> Iterable[tuple[str, str]]:
    """A line as it stands, each field with what the partner says is right."""
    line = item.line
    assert line is not None
    yield str(LABELS["id"]), line.external_id
    right_product = item.product.name if item.product else item.product_text
    fields: tuple[tuple[str, str, str], ...] = (
        ("product", line.product.name if line.product else "", right_product),
        ("on", formats.day(line.on), formats.day(item.sold_on) if item.sold_on else ""),
        ("quantity", _e4(line.quantity_e4), _e4(item.quantity_e4)),
        (
            "net_amount",
            _money(line.net_amount_e4, line.currency),
            _money(item.net_amount_e4, line.currency),
        ),
    )
    for name, stands, right in fields:
        text = _("%(stands)s, right would be %(right)s") % {"stands": stands, "right": right}
        yield str(LABELS[name]), text if right and right != stands else stands


def _right_facts(item: DisputeItem) -> Iterable[tuple[str, str]]:
    told = (
        ("order_id", item.order_id),
        ("serial", item.serial),
        ("on", formats.day(item.sold_on) if item.sold_on else ""),
        ("quantity", _e4(item.quantity_e4)),
        ("net_amount", _money(item.net_amount_e4, item.currency)),
    )
    return ((str(LABELS[name]), text) for name, text in told if text)


def _e4(value_e4: int | None) -> str:
    return "" if value_e4 is None else formats.number(formats.from_e4(value_e4))


def _money(value_e4: int | None, unit: str) -> str:
    return "" if value_e4 is None else formats.amount(formats.from_e4(value_e4), unit)


def _entry(entry: DisputeEntry, dispute: Dispute, for_brand: bool) -> ToldEntry:
    """To the partner the brand speaks as one; inside it, everyone by name."""
    author = dispute.organisation.name
    if entry.author is not None and (for_brand or entry.author_id == dispute.person.user_id):
        author = entry.author.name
    return ToldEntry(entry, author, _note(entry))


def _note(entry: DisputeEntry) -> str:
    details: Mapping[str, Any] = entry.details
    if entry.kind == Kind.DECIDED:
        return f"{State(details['state']).label}. {Answer(details['answer']).label}"
    if entry.kind == Kind.ASSIGNED:
        return str(details["name"])
    if "minor" in details:
        return formats.money(details["minor"], details["unit"])
    if held := details.get("held_minor"):
        return _("%(amount)s wait for the answer.") % {"amount": formats.money(held, unit_of(entry.dispute))}
    return ""


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row of a comparison: each field as (label, theirs, ours, whether they differ)."""

    fact: str
    kind: str
    title: str
    fields: list[tuple[str, str, str, bool]]
    brings: str

    @property
    def may_be_questioned(self) -> bool:
        return self.kind != comparing.BOTH


def kind_labels() -> dict[str, str]:
    return {
        comparing.DIFFERS: _("Different"),
        comparing.THEIRS: _("Only in your file"),
        comparing.OURS: _("Only known to us"),
        comparing.BOTH: _("The same"),
    }


def told_row(row: Mapping[str, Any], currency: str) -> ToldRow:
    theirs, ours = row["theirs"] or {}, row["ours"] or {}
    known = theirs or ours
    return ToldRow(
        fact=row["fact"],
        kind=row["kind"],
        title=known["product"] or known["order_id"] or row["fact"],
        fields=[
            (
                str(LABELS[name]),
                _written(name, theirs, currency),
                _written(name, ours, currency),
                name in row["differs"],
            )
            for name in ("order_id", "on", "product", "quantity", "net_amount")
        ],
        brings=money_of(row["brings"]),
    )


def money_of(minors: Mapping[str, int]) -> str:
    """Amounts of several units, one after the other."""
    return " · ".join(formats.money(minor, unit) for unit, minor in sorted(minors.items()))


def _written(name: str, told: Mapping[str, Any], currency: str) -> str:
    if not told:
        return ""
    if name == "on":
        return formats.day(date.fromisoformat(told["on"]))
    if name == "quantity":
        return _e4(told["quantity_e4"])
    if name == "net_amount":
        return _money(told["net_amount_e4"], told.get("currency", currency))
    return str(told[name])


CSV_FIELDS = ("order_id", "serial", "on", "product", "quantity_e4", "net_amount_e4")


def comparison_csv(comparison: Comparison) -> HttpResponse:
    """Every row with both sides and what it would bring, for a spreadsheet."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="comparison-{comparison.pk}.csv"'
    writer = csv.writer(response)
    names = [name.removesuffix("_e4") for name in CSV_FIELDS]
    sides = [f"{side}_{name}" for side in ("your", "our") for name in names]
    writer.writerow(["result", "row", "our_id", "differs", *sides, "brings", "unit"])
    for row in (comparison.result or {}).get("rows", []):
        brings = row["brings"] or {"": 0}
        for unit, minor in brings.items():
            writer.writerow(
                [
                    row["kind"],
                    row["row"] or "",
                    spreadsheet_safe(row["fact"]) if row["ours"] else "",
                    " ".join(row["differs"]),
                    *(_cell(name, row[side]) for side in ("theirs", "ours") for name in CSV_FIELDS),
                    formats.from_minor(minor, unit) if unit else "",
                    spreadsheet_safe(unit),
                ]
            )
    return response


def _cell(name: str, told: Mapping[str, Any] | None) -> Any:
    if told is None:
        return ""
    value = told[name]
    return formats.from_e4(value) if name.endswith("_e4") else spreadsheet_safe(str(value))
