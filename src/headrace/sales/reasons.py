"""Why a row or a whole file was not taken in: codes with figures, told in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.sales.likeness import tell_best

VALUE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: the file's column, the value as it came, the reason's code, its figures."""

    column: str
    value: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        value = self.value if len(self.value) <= VALUE_LENGTH_MAX else self.value[:VALUE_LENGTH_MAX] + "…"
        return {"column": self.column, "value": value, "reason": self.reason, "params": dict(self.params)}


class FileRefused(Exception):  # noqa: N818 (named as the user meets it)
    """The whole file can't be taken in; nothing of it was."""

    def __init__(self, reason: str, **params: Any) -> None:
        self.reason = reason
        self.params = params
        super().__init__(reason, params)

    def as_json(self) -> dict[str, Any]:
        return {"reason": self.reason, "params": self.params}

    def __str__(self) -> str:
        return tell_refusal(self.as_json())


# Of a row: what is wrong, and what would be right.
ROW_REASONS: dict[str, tuple[Promise, Promise]] = {
    "empty": (_("There is no value."), _("This column must be filled.")),
    "not_a_date": (
        _("“%(value)s” is no date."),
        _("A date is written as %(format)s, for example %(example)s."),
    ),
    "date_out_of_range": (
        _("The date “%(value)s” lies too far away."),
        _("A date lies between %(first)s and %(last)s."),
    ),
    "not_a_number": (
        _("“%(value)s” is no number."),
        _("A number has digits only and “%(decimal)s” before its decimals, for example %(example)s."),
    ),
    "too_many_decimals": (
        _("“%(value)s” has too many decimals."),
        _("At most %(digits)s decimals can be kept exactly."),
    ),
    "too_large": (
        _("The number “%(value)s” is too large."),
        _("At most %(digits)s digits before the decimals can be kept."),
    ),
    "too_long": (_("The text is too long."), _("At most %(length)s characters can be kept.")),
    "not_one_of": (_("“%(value)s” is not known here."), _("Known are: %(choices)s.")),
    "not_a_yes_or_no": (_("“%(value)s” is neither yes nor no."), _("Known are: %(choices)s.")),
    "not_an_email": (_("“%(value)s” is no e-mail address."), _("An address looks like name@example.com.")),
    "unknown_currency": (
        _("“%(value)s” is no currency."),
        _("A currency is a code of ISO 4217, for example EUR."),
    ),
    "unknown_partner": (
        _("There is no partner “%(value)s”."),
        _("Import the partner first, or correct the code."),
    ),
    "unknown_person": (
        _("There is no person “%(value)s”."),
        _("Import the person first, or correct the code."),
    ),
    "unknown_product": (
        _("There is no product “%(value)s”."),
        _("Import the product first, or correct the code."),
    ),
    "unknown_customer": (
        _("There is no customer “%(value)s”."),
        _("Import the customer first, or correct the code."),
    ),
    "duplicate": (
        _("The line “%(id)s” is already there: row %(row)s of import %(import)s."),
        _("It says the same, so there is nothing to do."),
    ),
    "known_otherwise": (
        _(
            "The line “%(id)s” is already there, in row %(row)s of import %(import)s, and says something else: "
            "%(differs)s."
        ),
        _("Give the line an id of its own; if it corrects that one, name it as the line it supersedes."),
    ),
    "duplicate_in_file": (
        _("“%(id)s” is already in row %(row)s of this file, with other values."),
        _("Each id stands in a file once."),
    ),
    "number_of_cells": (
        _("The row has %(cells)s cells, the header has %(columns)s."),
        _("Each row has as many cells as the header; a delimiter inside a value needs quotes around it."),
    ),
    "return_not_negative": (
        _("The line takes back “%(returns)s”, but its quantity is not negative."),
        _("A return has a negative quantity and a negative amount."),
    ),
    "ends_before_it_begins": (
        _("The last day “%(value)s” lies before the first, %(first)s."),
        _("The last day is the first or a later one."),
    ),
    "nobodys_target": (_("The target is nobody's."), _("Name the partner or the person who is to reach it.")),
    "own_parent": (
        _("The partner “%(value)s” is named as its own parent."),
        _("Name another partner, or leave it empty."),
    ),
}

# Instead of what would be right, where a person has decided so.
NOT_OURS = _("It was decided that this is not ours; undo that under Other names if it is.")

# Of a whole file: what is wrong and what would be right, in one text.
FILE_REASONS: dict[str, Promise] = {
    "empty_file": _("The file is empty. A header and at least one row would be right."),
    "no_rows": _("The file has a header, but no rows. At least one row would be right."),
    "too_large": _("The file has %(size)s bytes; at most %(limit)s can be taken in. Send it in parts."),
    "too_many_columns": _("The header has %(columns)s columns; at most %(limit)s can be taken in."),
    "not_text": _(
        "The file is no CSV: it holds bytes that no text has. "
        "Save it as CSV, or say “type: excel” in the mapping if it is an Excel file."
    ),
    "not_excel": _("The file is no Excel file. Save it as .xlsx, or say “type: csv” in the mapping."),
    "excel_for_csv": _(
        "This is an Excel file, but the mapping says CSV. "
        "Save it as CSV, or say “type: excel” in the mapping."
    ),
    "broken_excel": _("The Excel file is damaged: %(detail)s. Open it in Excel and save it anew."),
    "excel_password": _("The Excel file is protected by a password. Save it without one."),
    "excel_bomb": _(
        "The Excel file unpacks to more than %(limit)s bytes. Save it anew, or send it in parts."
    ),
    "row_too_long": _(
        "A row of the file has more than %(limit)s characters. "
        "Save it anew with one row on each line, and check its quotes."
    ),
    "cell_too_long": _(
        "A value in the file has more than %(limit)s characters. Shorten it, or leave its column out."
    ),
    "broken_parquet": _("The file is no Parquet file, or it is damaged: %(detail)s. Write it anew."),
    "parquet_bomb": _(
        "A group of rows of the Parquet file unpacks to more than %(limit)s bytes. Write it in smaller groups."
    ),
    "too_many_rows": _("The file has %(rows)s rows; at most %(limit)s can be taken in. Send it in parts."),
    "not_x12": _(
        "The file is no X12 interchange: it does not begin with a whole ISA segment of 106 characters. "
        "Send it as the translator wrote it."
    ),
    "not_edifact": _(
        "The file is no EDIFACT interchange: it does not begin with UNA or UNB. "
        "Send it as the translator wrote it."
    ),
    "edi_wrong_kind": _(
        "Segment %(place)s begins a message “%(found)s”. A message %(right)s would be right."
    ),
    "edi_no_terminator": _(
        "Segment %(place)s has no end within %(limit)s characters. The sign that ends segments is another one "
        "than the file begins with; ask the sender to send it again."
    ),
    "edi_cut_off": _(
        "The file ends in the middle of segment %(place)s: it was cut off. Ask the sender to send it again."
    ),
    "edi_no_end": _("The file ends without %(wanted)s: it was cut off. Ask the sender to send it again."),
    "edi_wrong_count": _(
        "%(tag)s, segment %(place)s, counts %(given)s, but there are %(found)s: something was lost or came twice. "
        "Ask the sender to send it again."
    ),
    "edi_wrong_number": _(
        "%(tag)s, segment %(place)s, ends number “%(given)s”, but %(opened)s began number “%(begun)s”. "
        "Ask the sender to send it again."
    ),
    "edi_out_of_place": _(
        "Segment %(place)s, “%(tag)s”, stands where the standard allows none. Ask the sender to send it again."
    ),
    "edi_cancelling": _(
        "Segment %(place)s says by its code “%(code)s” that the report takes back one of before. "
        "Withdraw the import of that one instead."
    ),
    "edi_encoding": _("The file can't be read as %(encoding)s. Ask the sender to send it again."),
    "no_sheet": _("There is no sheet “%(sheet)s”. The file has: %(sheets)s."),
    "wrong_encoding": _(
        "Line %(line)s can't be read as %(encoding)s. "
        "Save the file as UTF-8, or name its encoding in the mapping, for example windows-1252."
    ),
    "wrong_quotes": _(
        "Near line %(line)s the quotes don't match: %(detail)s. "
        "A value with quotes in it is set in quotes, and each of its own is doubled."
    ),
    "wrong_delimiter": _(
        "The header has no “%(delimiter)s”, but “%(found)s”. "
        "Correct the delimiter in the mapping, or save the file with “%(delimiter)s”."
    ),
    "missing_columns": _("The file has no column %(missing)s. It has: %(columns)s."),
    "double_column": _("The column “%(column)s” stands in the header twice. Give one of them another name."),
    "no_entry": _(
        "The mapping “%(mapping)s” describes no file like “%(name)s”: "
        "neither by its name nor by its columns. It describes: %(patterns)s."
    ),
    "attribute_type": _(
        "The attribute “%(name)s” was taken in as %(known)s before and can't become %(given)s. "
        "Give it another name."
    ),
}


def tell(problem: Mapping[str, Any]) -> str:
    """A problem of a row, as `Problem.as_json` gave it: what is wrong and what would be right."""
    params = {**problem["params"], "value": problem["value"]}
    wrong, right = ROW_REASONS[problem["reason"]]
    if params.get("not_ours"):
        right = NOT_OURS
    told = gettext("%(wrong)s %(right)s") % {"wrong": str(wrong) % params, "right": str(right) % params}
    if best := tell_best(params.get("proposals", ())):
        told = gettext("%(told)s %(best)s") % {"told": told, "best": best}
    if not problem["column"]:
        return told
    return gettext("%(column)s: %(told)s") % {"column": problem["column"], "told": told}


def tell_right(reason: str, params: Mapping[str, Any]) -> str:
    """What would be right instead, as a sentence."""
    told: str = str(ROW_REASONS[reason][1]) % params
    return told


def tell_refusal(problem: Mapping[str, Any]) -> str:
    """Why a whole file was refused, as `FileRefused.as_json` gave it, as sentences."""
    told: str = str(FILE_REASONS[problem["reason"]]) % problem["params"]
    return told
