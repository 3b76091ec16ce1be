"""A rejected row as a form, and a cell replaced in many rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from headrace.sales.models import Import, Reject
from headrace.sales.repairs import problems_by_column
from headrace.sales.tables import REASON_COLUMN, REJECT_COLUMN

CELL_LENGTH_MAX = 10_000


class RowForm(forms.Form):
    """One field for each column, in the order of the file; what is wrong stands beside its column."""

    def __init__(self, reject: Reject, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reject = reject
        self.problems = problems_by_column(reject)
        columns = reject.import_run.columns
        for place, name in enumerate(columns):
            if name in (REJECT_COLUMN, REASON_COLUMN) or columns.index(name) != place:
                continue
            self.fields[f"cell_{place}"] = forms.CharField(
                label=name or _("(no name)"),
                initial=reject.cells[place] if place < len(reject.cells) else "",
                required=False,
                strip=False,
                max_length=CELL_LENGTH_MAX,
            )

    def told(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each field with what is wrong in its column."""
        columns = self.reject.import_run.columns
        return [(field, self.problems.get(columns[int(field.name[5:])], [])) for field in self]

    def about_the_row(self) -> list[str]:
        """What is wrong with the row as a whole."""
        return self.problems.get("", [])

    def changes(self) -> dict[str, str]:
        """Column -> its new cell, of those that differ; of a row that is too short also its last one."""
        columns, cells = self.reject.import_run.columns, self.reject.cells
        changed = {}
        for name, cell in self.cleaned_data.items():
            place = int(name[5:])
            came = cells[place] if place < len(cells) else None
            if cell != came and (came is not None or cell or place == len(columns) - 1):
                changed[columns[place]] = cell
        return changed


class ReplaceForm(forms.Form):
    """A cell that stands in a column, and what stands there instead from now on."""

    column = forms.CharField(widget=forms.HiddenInput)
    old = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    new = forms.CharField(label=_("New value"), max_length=CELL_LENGTH_MAX, strip=False)

    def __init__(self, run: Import, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run

    def clean_column(self) -> str:
        column: str = self.cleaned_data["column"]
        if column not in self.run.columns:
            raise forms.ValidationError(_("The file has no such column."))
        return column
