"""Sales lines out of a table: checked, numbered, written; what is wrong becomes a reject."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from headrace.sales import bulk
from headrace.sales.convert import Batch
from headrace.sales.counting import Counting
from headrace.sales.doubts import raise_doubts
from headrace.sales.intake import Intake
from headrace.sales.known import note_known
from headrace.sales.matcher import Matcher
from headrace.sales.models import SalesLine
from headrace.sales.order_numbers import order_key
from headrace.sales.references import References
from headrace.sales.unknown import note_unknown, note_uses

LINE_COLUMNS = (
    "organisation_id", "import_run_id", "recorded_at", "row_number", "external_id", "revision", "order_id", "order_key",
    "partner_id", "person_id", "product_id", "customer_id", "on", "currency",
    "quantity_e4", "net_amount_e4", "list_amount_e4", "unit_cost_e4",
    "flow", "serial", "returns", "supersedes", "attributes", "matched",
)  # fmt: skip
LINKS = ("partner", "person", "product", "customer")
AMOUNTS = ("quantity", "net_amount", "list_amount", "unit_cost")
TEXTS = ("flow", "serial", "returns", "supersedes")


def take_lines(intake: Intake) -> None:
    """Writes every row as a line or as a reject, a batch at a time: memory stays bounded."""
    matcher = Matcher(intake.organisation, intake.run.source)
    references = References(intake.organisation, intake.entry, matcher)
    uses: Counter[int] = Counter()
    counting = Counting(intake)
    for batch in intake.staged.batches():
        references.find(batch)
        revisions = note_known(intake, batch, references)
        good = batch.good()
        references.make(batch, good)
        matched = references.matched(batch, good)
        uses.update(alias for found in matched.values() for alias in found.values())
        bulk.insert(SalesLine, LINE_COLUMNS, _lines(intake, batch, references, revisions, matched))
        intake.write_rejects(batch)
        note_unknown(intake, batch, references)
        intake.count(batch)
        counting.add(batch, references)
    raise_doubts(intake.run)
    note_uses(intake, uses)
    counting.keep()


def _lines(
    intake: Intake,
    batch: Batch,
    references: References,
    revisions: dict[int, int],
    matched: dict[int, dict[str, int]],
) -> Iterator[tuple[Any, ...]]:
    """The good rows as LINE_COLUMNS has them, put together column by column."""
    good = batch.good()

    def told(name: str) -> Sequence[Any]:
        values = batch.values(name)
        return values if len(good) == len(values) else [values[index] for index in good]

    def keys(name: str) -> Iterable[int | None]:
        known = references.keys.get(name, {})
        return (known[code] if code is not None else None for code in told(name))

    orders, days = told("order_id"), told("on")
    order_keys = {number: order_key(number or "") or None for number in set(orders)}
    written = {day: day.isoformat() for day in set(days)}
    home = intake.organisation.currency
    as_json = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make one for each row
    return zip(
        repeat(intake.organisation.pk),
        repeat(intake.run.pk),
        repeat(bulk.moment(intake.run.started_at)),
        [batch.numbers[index] for index in good],
        told("id"),
        [revisions.get(index, 0) for index in good],
        [number or "" for number in orders],
        map(order_keys.__getitem__, orders),
        *map(keys, LINKS),
        map(written.__getitem__, days),
        [currency or home for currency in told("currency")],
        *map(told, AMOUNTS),
        *([text or "" for text in told(name)] for name in TEXTS),
        _attributes(batch, good, as_json),
        [as_json(matched[index]) if index in matched else None for index in good],
        strict=False,  # some are the same for all
    )


def _attributes(batch: Batch, good: list[int], as_json: Callable[[Any], str]) -> Iterator[str]:
    """The further columns of each good row as JSON; equal ones are written once."""
    names = list(batch.attributes)
    written: dict[tuple[str | None, ...], str] = {}
    columns = [batch.attributes[name] for name in names]
    for index in good:
        texts = tuple(column[index] for column in columns)
        if texts not in written:
            pairs = zip(names, texts, strict=True)
            written[texts] = as_json({name: text for name, text in pairs if text is not None})
        yield written[texts]
