"""What one more sale would bring, before it is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.utils import timezone

from headrace.base.models import Organisation
from headrace.earnings.scopes import may_be_narrowed, scope_of, sellers_of
from headrace.engine.quote import quote
from headrace.engine.run import calculate
from headrace.engine.tables import Inputs
from headrace.partners.models import Partner
from headrace.programmes.models import Programme
from headrace.sales import queries as sales


@dataclass(frozen=True, slots=True)
class Preview:
    """How much more one programme would pay in all, in minor units of `unit`."""

    programme: Programme
    unit: str
    minor: int


def preview(*, organisation: Organisation, partner: Partner, line: Mapping[str, Any]) -> list[Preview]:
    """What a line (fields of a sale by name, as text) would bring by each programme that runs on its day.

    Programmes where everyone's sales decide are left out: what they pay can't be told from one partner's.
    """
    on = date.fromisoformat(line["on"])
    running = [
        programme
        for programme in organisation.programmes.prefetch_related("versions").order_by("key")
        if programme.is_running(on) and may_be_narrowed(programme.current.parsed)
    ]
    if not running:
        return []
    now = timezone.now()
    inputs = sales.engine_inputs(
        organisation, now, sellers_of(organisation, scope_of(organisation, [partner.pk]))
    )
    with_line = _with(inputs, line)
    found = []
    for programme in running:
        document = programme.current.parsed
        before, after = (calculate(document, each, as_of=now).earnings for each in (inputs, with_line))
        more: dict[str, int] = {}
        for change in quote(before, after):
            more[change.unit] = more.get(change.unit, 0) + change.minor
        found += [Preview(programme, unit, minor) for unit, minor in sorted(more.items()) if minor]
    return found


def _with(inputs: Inputs, line: Mapping[str, Any]) -> Inputs:
    """The inputs with one more sale."""
    assert isinstance(inputs.sales, pa.Table)
    schema = inputs.sales.schema
    row = {field.name: typed_value(line.get(field.name), field.type) for field in schema}
    return replace(inputs, sales=pa.concat_tables([inputs.sales, pa.Table.from_pylist([row], schema)]))


def typed_value(text: Any, type: pa.DataType) -> Any:
    """A field of a sale, told as text, as a column of the inputs holds it; None for nothing."""
    if text in (None, ""):
        return None
    if pa.types.is_decimal(type):
        return Decimal(text)
    return date.fromisoformat(text) if pa.types.is_date(type) else text
