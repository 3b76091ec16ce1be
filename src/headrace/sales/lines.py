"""Sales lines out of a table: checked, numbered, written; what is wrong becomes a reject."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from headrace.sales import bulk
from headrace.sales.convert import Batch, RowConverter, in_batches
from headrace.sales.counting import Counting
from headrace.sales.doubts import raise_doubts
from headrace.sales.intake import Intake
from headrace.sales.known import note_known
from headrace.sales.matcher import Matcher
from headrace.sales.models import SalesLine
from headrace.sales.order_numbers import order_key
from headrace.sales.references import References
from headrace.sales.tables import Table
from headrace.sales.unknown import note_unknown, note_uses

BATCH_ROWS = 20_000

LINE_COLUMNS = (
    "organisation_id", "import_run_id", "recorded_at", "row_number", "external_id", "revision", "order_id", "order_key",
    "partner_id", "person_id", "product_id", "customer_id", "on", "currency",
    "quantity_e4", "net_amount_e4", "list_amount_e4", "unit_cost_e4",
    "flow", "serial", "returns", "supersedes", "attributes", "matched",
)  # fmt: skip
LINKS = ("partner", "person", "product", "customer")
TEXTS = ("flow", "serial", "returns", "supersedes")


def take_lines(intake: Intake, table: Table) -> None:
    """Writes every row of the table as a line or as a reject, a batch at a time: memory stays bounded."""
    converter = RowConverter(intake.entry, table.columns)
    matcher = Matcher(intake.organisation, intake.run.source)
    references = References(intake.organisation, intake.entry, matcher)
    uses: Counter[int] = Counter()
    counting = Counting(intake)
    for rows in in_batches(table.rows, BATCH_ROWS):
        batch = converter.convert(rows)
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
    same = (intake.organisation.pk, intake.run.pk, bulk.moment(intake.run.started_at))
    home = intake.organisation.currency
    ids, orders, days, currencies = (batch.values(name) for name in ("id", "order_id", "on", "currency"))
    order_keys = {number: order_key(number or "") or None for number in set(orders)}
    links = [(batch.values(name), references.keys.get(name, {})) for name in LINKS]
    amounts = [batch.values(name) for name in ("quantity", "net_amount", "list_amount", "unit_cost")]
    texts = [batch.values(name) for name in TEXTS]
    # json.dumps would make an encoder for each row.
    as_json, attributes = json.JSONEncoder(ensure_ascii=False).encode, batch.told_attributes
    for index in batch.good():
        yield (
            *same,
            batch.numbers[index],
            ids[index],
            revisions.get(index, 0),
            orders[index] or "",
            order_keys[orders[index]],
            *(keys[codes[index]] if codes[index] is not None else None for codes, keys in links),
            days[index].isoformat(),
            currencies[index] or home,
            *(amount[index] for amount in amounts),
            *(text[index] or "" for text in texts),
            as_json({name: text for name, text in attributes(index).items() if text is not None}),
            as_json(matched[index]) if index in matched else None,
        )
