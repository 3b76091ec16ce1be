"""Forms of a draft: how the file is read, what its columns are, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headrace.sales import guesses
from headrace.sales.detect import Detected
from headrace.sales.drafting.choices import FURTHER, Choices, ColumnChoice
from headrace.sales.drafting.compose import KEYS
from headrace.sales.drafting.labels import FORMAT_LABELS, LABELS
from headrace.sales.fields import Field, Kind
from headrace.sales.mapping import ENCODINGS, TYPES
from headrace.sales.models import Attribute

NAMES: dict[str, dict[str, Promise | str]] = {
    "type": {"csv": "CSV", "excel": "Excel", "parquet": "Parquet", "x12": "X12 867", "edifact": "EDIFACT SLSRPT"},
    "delimiter": {
        ",": _("Comma ,"), ";": _("Semicolon ;"), "\t": _("Tab"), "|": _("Bar |"), "^": _("Caret ^"),
        "~": _("Tilde ~"), ":": _("Colon :"),
    },
    "quote": {'"': _("Double quotes"), "'": _("Single quotes")},
    "decimal": {".": _("Point 1.5"), ",": _("Comma 1,5")},
    "thousands": {
        "": _("None"), ",": _("Comma 1,000"), ".": _("Point 1.000"), " ": _("Space 1 000"), "'": _("Apostrophe 1'000"),
        "’": _("Raised comma 1’000"), "\u00a0": _("Fixed space 1 000"), "\u202f": _("Narrow space 1 000"),
    },
}  # fmt: skip
# Kinds of fields that one value may hold for in a whole file.
CONSTANT_FIELDS = (
    "partner",
    "product",
    "currency",
    "flow",
    "role",
    "country",
    "brand",
    "category",
    "measure",
    "on",
)


class FormatForm(forms.Form):
    """What was found of the format, to be corrected."""

    def __init__(self, detected: Detected, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.detected = detected
        for key in KEYS[detected.format.type]:
            field = self._field(key, getattr(detected.format, key))
            field.label = FORMAT_LABELS[key]  # type: ignore[assignment]  # a lazy text is one
            self.fields[key] = field

    def _field(self, key: str, value: str) -> forms.Field:
        choices: Mapping[str, Any] | None = NAMES.get(key)
        if key == "type":
            choices = {name: NAMES["type"][name] for name in TYPES}
        elif key == "encoding":
            choices = {name: name for name in ENCODINGS}
        elif key == "date":
            choices = {name: name for name in dict.fromkeys([value, *guesses.ALL_PATTERNS])}
        elif key == "sheet":
            choices = {name: name for name in self.detected.sheets}
        if choices is None:
            return forms.IntegerField(min_value=0, max_value=9999, required=False, initial=value)
        return forms.ChoiceField(
            choices=list(choices.items()), required=bool(choices) and "" not in choices, initial=value
        )

    def given(self, before: dict[str, str]) -> dict[str, str]:
        """What a person says: what they changed now, or said before. Of another type only the type counts."""
        told = {key: "" if value is None else str(value) for key, value in self.cleaned_data.items()}
        if told.get("type") != self.detected.format.type:
            return {"type": told["type"]}
        changed = {key: value for key, value in told.items() if value != getattr(self.detected.format, key)}
        return {key: value for key, value in before.items() if key in told} | changed


def use_options(kind: Kind) -> list[tuple[str, str]]:
    """What a column can be: nothing, a field, or a further column."""
    fields = [(field.name, _label(field)) for field in kind.fields if field.name != "id"]
    further = [(FURTHER, str(_("Further column")))] if kind.of else []
    return [("", str(_("Not imported"))), *fields, *further]


def _label(field: Field) -> str:
    label = str(LABELS[field.name])
    return f"{label} *" if field.required else label


def constant_fields(choices: Choices) -> list[dict[str, Any]]:
    """The fields that no column gives and that may be the same for all rows."""
    return [
        {
            "name": field.name,
            "label": _label(field),
            "value": choices.constants.get(field.name, ""),
            "choices": field.choices,
        }
        for field in choices.kind_of_file.fields
        if field.name in CONSTANT_FIELDS and choices.column_of(field.name) is None
    ]


def creatable_fields(choices: Choices) -> list[dict[str, Any]]:
    """The references whose unknown codes may be made: all but partners, whom a file of partners makes."""
    return [
        {"name": field.name, "label": LABELS[field.name], "is_chosen": field.name in choices.create}
        for field in choices.kind_of_file.fields
        if field.refers and field.refers != "partner" and choices.column_of(field.name) is not None
    ]


def choices_of(data: QueryDict, before: Choices) -> Choices:
    """The choices as a posted page says; what is no choice that exists is read over."""
    uses = {use for use, _label_of in use_options(before.kind_of_file)}
    columns = tuple(_column(data, place, one, uses) for place, one in enumerate(before.columns))
    chosen = replace(before, columns=columns)
    return replace(
        chosen,
        constants={
            name: text
            for name in CONSTANT_FIELDS
            if (text := data.get(f"constant-{name}", before.constants.get(name, "")).strip())
            and chosen.column_of(name) is None
        },
        create=tuple(
            field.name
            for field in before.kind_of_file.fields
            if field.refers and field.refers != "partner" and data.get(f"create-{field.name}")
        ),
        values={
            name: {
                text: data.get(f"value-{name}-{place}", to).strip()
                for place, (text, to) in enumerate(sorted(told.items()))
            }
            for name, told in before.values.items()
        },
        empty=tuple(dict.fromkeys(text for text in data.get("empty", "").split() if len(text) <= 20)),
    )


def _column(data: QueryDict, place: int, one: ColumnChoice, uses: set[str]) -> ColumnChoice:
    use = data.get(f"use-{place}", one.use)
    kind = data.get(f"type-{place}", one.type)
    is_same = use == one.use
    return replace(
        one,
        use=use if use in uses else "",
        is_id=bool(data.get(f"id-{place}")),
        attribute=data.get(f"attribute-{place}", one.attribute).strip().lower()[:60],
        type=kind if kind in Attribute.Type.values else "text",
        reason=one.reason if is_same else "",
        score=one.score if is_same else 0,
    )


class SourceForm(forms.Form):
    """Where the file comes from: a source that is known, or a new one by its name."""

    source = forms.ChoiceField(
        label=_("Source"), required=False, help_text=_("Who sends these files, for example a distributor.")
    )
    new_source = forms.CharField(label=_("Or a new source"), required=False, max_length=100)

    def __init__(self, names: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", _("A new source")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        if names:
            self.fields["source"].initial = names[0] if len(names) == 1 else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        name = cleaned.get("new_source", "").strip() or cleaned.get("source", "")
        if not name:
            self.add_error("new_source", _("Choose a source, or give a new one a name."))
        cleaned["name"] = name
        return cleaned
