"""Texts of sales that nobody knows, noted beside the rejected rows that have them; and what aliases brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from headrace.partners.upsert import chunks
from headrace.sales import bulk
from headrace.sales.convert import Batch
from headrace.sales.intake import Intake
from headrace.sales.matching.names import alias_key
from headrace.sales.models import AliasUse, Reject, UnknownRow, UnknownText
from headrace.sales.references import References

# What `UnknownText.propose` sets.
PROPOSED = ("proposals", "score", "looked_among")
ROW_COLUMNS = ("organisation_id", "unknown_id", "reject_id", "problems", "currency", "net_amount_e4")


def note_unknown(intake: Intake, batch: Batch, references: References) -> None:
    """Notes the unknown texts of the rejected rows of a batch, after these were written."""
    found = {
        index: list(references.unknown_texts(batch, index))
        for index in sorted(batch.problems)
        if not batch.is_duplicate(index)
    }
    told = {pair for pairs in found.values() for pair in pairs}
    if not told:
        return
    texts = _unknown_texts(intake, references, told)
    numbers = batch.numbers
    rejects = dict(
        Reject.objects.filter(
            import_run=intake.run, row_number__gte=numbers[0], row_number__lte=numbers[-1]
        ).values_list("row_number", "pk")
    )
    currencies, amounts = batch.values("currency"), batch.values("net_amount")
    bulk.insert(
        UnknownRow,
        ROW_COLUMNS,
        (
            (
                intake.organisation.pk,
                texts[pair],
                rejects[numbers[index]],
                len(batch.problems[index]),
                currencies[index] or intake.organisation.currency,
                amounts[index],
            )
            for index, pairs in found.items()
            for pair in pairs
        ),
    )


def _unknown_texts(
    intake: Intake, references: References, told: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """(field, text) -> key of the unknown text; those that are new are made, proposals are brought up to date."""
    pairs = sorted(told)
    keyed = {(name, text): (references.refers[name], alias_key(text)) for name, text in pairs}
    known = _known_texts(intake, set(keyed.values()))
    new: dict[tuple[str, str], UnknownText] = {}
    changed: dict[int, UnknownText] = {}
    assert references.matcher is not None
    for (name, text), key in keyed.items():
        proposals = references.unknown[name][text].get("proposals")
        before = known.get(key)
        if before is None:
            if key not in new:
                new[key] = UnknownText(
                    organisation=intake.organisation,
                    source=intake.run.source,
                    kind=key[0],
                    key=key[1],
                    text=text,
                )
                new[key].propose(proposals, references.matcher.among(key[0]))
        elif proposals is not None and before.looked_among != references.matcher.among(key[0]):
            before.propose(proposals, references.matcher.among(key[0]))
            changed[before.pk] = before
    UnknownText.objects.bulk_create(new.values(), batch_size=500)
    UnknownText.objects.bulk_update(changed.values(), PROPOSED, batch_size=100)
    known |= new
    return {pair: known[key].pk for pair, key in keyed.items()}


def _known_texts(intake: Intake, keys: set[tuple[str, str]]) -> dict[tuple[str, str], UnknownText]:
    found: dict[tuple[str, str], UnknownText] = {}
    for kind in {kind for kind, _ in keys}:
        for chunk in chunks(key for of, key in keys if of == kind):
            texts = UnknownText.objects.filter(
                organisation=intake.organisation, source=intake.run.source, kind=kind, key__in=chunk
            )
            found |= {(kind, unknown.key): unknown for unknown in texts}
    return found


def note_uses(intake: Intake, uses: Counter[int]) -> None:
    """Notes how many lines of the import each alias brought."""
    rows: list[Any] = [
        AliasUse(organisation=intake.organisation, alias_id=alias, import_run=intake.run, lines=lines)
        for alias, lines in sorted(uses.items())
    ]
    AliasUse.objects.bulk_create(rows, batch_size=500)
