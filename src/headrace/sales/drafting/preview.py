"""The first rows as an import would take them in, with what is wrong with them; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from headrace.base import formats
from headrace.base.models import Organisation
from headrace.sales.convert import Batch, RowConverter
from headrace.sales.drafting import compose
from headrace.sales.drafting.choices import FURTHER, Choices
from headrace.sales.drafting.labels import LABELS
from headrace.sales.fields import Field
from headrace.sales.models import Attribute
from headrace.sales.reasons import tell
from headrace.sales.references import References
from headrace.sales.values import Format

ROWS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class PreviewRow:
    number: int
    values: list[str]
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """`mistakes` are in the choices themselves; with any there are no rows."""

    heads: list[str]
    rows: list[PreviewRow]
    good: int
    tried: int
    mistakes: list[str]


def preview(
    choices: Choices,
    format: Format,
    rows: Sequence[tuple[int, list[str]]],
    columns: list[str],
    organisation: Organisation,
) -> Preview:
    """What becomes of `rows`; the bad ones are shown first, as they are what one looks for."""
    mistakes = mistakes_in(choices, organisation)
    entry, findings = (None, []) if mistakes else compose.plan_of(compose.entry(choices, format, "file"))
    if entry is None:
        return Preview([], [], 0, 0, mistakes or [str(finding) for finding in findings])
    batch = RowConverter(entry, columns).convert(list(rows))
    References(organisation, entry).find(batch)
    bad = sorted(batch.problems)
    shown = sorted([*bad[: ROWS_SHOWN // 2], *batch.good()[: ROWS_SHOWN - len(bad[: ROWS_SHOWN // 2])]])
    heads = [str(LABELS[name]) for name in entry.columns] + list(entry.attributes)
    told = [_row(batch, index, choices) for index in shown]
    return Preview(heads, told, len(rows) - len(bad), len(rows), [])


def _row(batch: Batch, index: int, choices: Choices) -> PreviewRow:
    values = [
        _shown(choices.kind_of_file.field(name), values[index]) for name, values in batch.fields.items()
    ]
    values += [text or "" for text in batch.told_attributes(index).values()]
    problems = [tell(problem.as_json()) for problem in batch.problems.get(index, [])]
    return PreviewRow(batch.numbers[index], values, problems)


def _shown(field: Field | None, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return formats.day(value)
    if field and field.type == "amount":
        return formats.number(formats.from_e4(value))
    return str(value)


def mistakes_in(choices: Choices, organisation: Organisation) -> list[str]:
    """What would have to be chosen otherwise, as sentences."""
    kind = choices.kind_of_file
    used = [one.use for one in choices.columns if one.use and one.use != FURTHER]
    told = {*used, *(name for name, text in choices.constants.items() if text)}
    mistakes = [
        gettext("“%(field)s” is chosen for more than one column. Choose it once.") % {"field": LABELS[name]}
        for name in dict.fromkeys(used)
        if used.count(name) > 1
    ]
    if kind.field("id") and not any(one.is_id for one in choices.columns):
        mistakes.append(
            gettext("No column is chosen as the id. Choose those that together differ in each row.")
        )
    for field in kind.fields:
        if field.required and field.name != "id" and field.name not in told:
            label = {"field": LABELS[field.name]}
            mistakes.append(
                gettext("“%(field)s” is missing. Choose the column that has it, or one value for all rows.")
                % label
            )
    return [*mistakes, *_mistakes_of_attributes(choices, organisation)]


def _mistakes_of_attributes(choices: Choices, organisation: Organisation) -> list[str]:
    known = dict(
        Attribute.objects.filter(organisation=organisation, of=choices.kind_of_file.of or "").values_list(
            "name", "type"
        )
    )
    names = [one.attribute for one in choices.columns if one.use == FURTHER]
    mistakes = []
    for one in choices.columns:
        if one.use != FURTHER:
            continue
        told = {"column": one.name, "name": one.attribute, "known": known.get(one.attribute, "")}
        if not one.attribute:
            mistakes.append(
                gettext(
                    "The further column “%(column)s” has no name of its own. "
                    "Give it one in small letters, as sales_channel."
                )
                % told
            )
        elif names.count(one.attribute) > 1:
            mistakes.append(
                gettext("“%(name)s” names more than one further column. Give each another name.") % told
            )
        elif known.get(one.attribute, one.type) != one.type:
            mistakes.append(
                gettext("“%(name)s” was taken in as %(known)s before. Choose that type, or another name.")
                % told
            )
    return mistakes
