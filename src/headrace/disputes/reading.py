"""A partner's own file, read by the detection and mapping of imports, without taking anything in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headrace.partners.models import Partner
from headrace.sales.convert import RowConverter
from headrace.sales.detect import Detected, detect
from headrace.sales.drafting import compose, memory
from headrace.sales.drafting.choices import Choices, ColumnChoice, proposed
from headrace.sales.fields import SALES
from headrace.sales.models import Product
from headrace.sales.reasons import FileRefused, tell
from headrace.sales.tables import open_table

ROWS_MAX = 5_000
PROBLEMS_MAX = 50
# What is compared; the first four a file must have, and one of those that say which sale it is.
NEEDED = ("on", "product", "quantity", "net_amount")
NAMED_BY = ("id", "order_id", "serial")
FIELDS = (*NAMED_BY, *NEEDED)


@dataclass(frozen=True, slots=True)
class Theirs:
    """One line as the partner has it; quantity and amount at 1e-4. Without a `product` the text names none."""

    row: int
    id: str
    order_id: str
    serial: str
    on: date
    product_text: str
    product: Product | None
    quantity_e4: int
    net_amount_e4: int


@dataclass(frozen=True, slots=True)
class Read:
    """The lines of a file, and as sentences which rows could not be read. `columns`: field -> column."""

    lines: list[Theirs]
    problems: list[str]
    columns: Mapping[str, str]


def propose_columns(path: Path, partner: Partner) -> tuple[list[str], dict[str, str]]:
    """The columns of a file, and which one most likely is which field. Raises ValidationError where it is no table."""
    detected = _detected(path)
    choices = _choices(detected, partner)
    found = {one.use: one.name for one in choices.columns if one.use in FIELDS}
    ids = [one.name for one in choices.columns if one.is_id]
    if len(ids) == 1 and ids[0] not in found.values():
        found["id"] = ids[0]
    return detected.columns, {name: found[name] for name in FIELDS if name in found}


def missing_fields(columns: Mapping[str, str]) -> list[str]:
    """The fields that no column was chosen for though nothing can be compared without."""
    return [name for name in NEEDED if not columns.get(name)]


def read(path: Path, partner: Partner, columns: Mapping[str, str]) -> Read:
    """The lines of a file by the columns that were chosen. Raises ValidationError where it can't be read so."""
    detected = _detected(path)
    entry, findings = compose.plan_of(
        compose.entry(_by(columns, _choices(detected, partner), partner), detected.format, "file")
    )
    if entry is None:
        raise ValidationError([str(finding) for finding in findings])
    try:
        with open_table(path, entry.format) as table:
            rows = list(islice(table.rows, ROWS_MAX + 1))
    except FileRefused as refused:
        raise ValidationError(str(refused)) from refused
    if len(rows) > ROWS_MAX:
        raise ValidationError(
            _("The file has more than %(limit)s rows. Compare a shorter period.") % {"limit": ROWS_MAX}
        )
    batch = RowConverter(entry, detected.columns).convert(rows)
    products = _products(partner.organisation_id)
    lines = [_theirs(index, batch.numbers[index], batch, products) for index in batch.good()]
    told = [
        _("Row %(row)s: %(problem)s")
        % {"row": batch.numbers[index], "problem": " ".join(tell(one.as_json()) for one in problems)}
        for index, problems in sorted(batch.problems.items())
    ]
    return Read(lines, _shortened(told), columns)


def _shortened(told: list[str]) -> list[str]:
    if len(told) <= PROBLEMS_MAX:
        return told
    more = len(told) - PROBLEMS_MAX
    rest = ngettext("And %(more)s more row.", "And %(more)s more rows.", more) % {"more": more}
    return [*told[:PROBLEMS_MAX], rest]


def _detected(path: Path) -> Detected:
    try:
        detected = detect(path)
    except FileRefused as refused:
        raise ValidationError(str(refused)) from refused
    if detected.refusal:
        raise ValidationError(tell(dict(detected.refusal)))
    return detected


def _choices(detected: Detected, partner: Partner) -> Choices:
    organisation = partner.organisation
    remembered = memory.remembered(organisation, SALES, detected.columns, detected.format.type)
    return proposed(detected, SALES, organisation, remembered)


def _by(columns: Mapping[str, str], choices: Choices, partner: Partner) -> Choices:
    """Only what is compared. Whose lines they are is known, so no column has to say so."""
    field_of = {column: name for name, column in columns.items() if name != "id"}
    chosen = tuple(
        ColumnChoice(one.name, field_of.get(one.name, ""), is_id=one.name == columns.get("id"))
        for one in choices.columns
    )
    constants = {"partner": partner.code} | ({} if columns.get("id") else {"id": "-"})
    return replace(choices, columns=chosen, constants=constants, create=(), values={}, ids=())


def _products(organisation_id: int) -> dict[str, Product | None]:
    """Codes and names in small letters -> the product, None where two have the name."""
    found: dict[str, Product | None] = {}
    products = list(Product.objects.filter(organisation=organisation_id))
    for product in products:
        name = product.name.casefold()
        found[name] = None if name in found else product
    return found | {product.code.casefold(): product for product in products}


def _theirs(index: int, row: int, batch: Any, products: Mapping[str, Product | None]) -> Theirs:
    def told(name: str) -> Any:
        return batch.values(name)[index]

    text = told("product") or ""
    return Theirs(
        row=row,
        id="" if told("id") in (None, "-") else told("id"),
        order_id=told("order_id") or "",
        serial=told("serial") or "",
        on=told("on"),
        product_text=text,
        product=products.get(text.casefold()),
        quantity_e4=told("quantity"),
        net_amount_e4=told("net_amount"),
    )
