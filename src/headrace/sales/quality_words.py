"""The dimensions of data quality in words: what each is called, means, and what cost points."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base import formats
from headrace.sales.quality import COMPLETENESS, MATCHES, TIMELINESS, UNIQUENESS, VALIDITY, Ratio

NAMES: dict[str, Promise] = {
    VALIDITY: gettext_lazy("Validity"),
    COMPLETENESS: gettext_lazy("Completeness"),
    TIMELINESS: gettext_lazy("Timeliness"),
    MATCHES: gettext_lazy("Names known"),
    UNIQUENESS: gettext_lazy("No duplicates"),
}
MEANINGS: dict[str, Promise] = {
    VALIDITY: gettext_lazy("Rows that were accepted, of all that are no duplicates"),
    COMPLETENESS: gettext_lazy("Cells of mapped columns that hold something"),
    TIMELINESS: gettext_lazy("Rows that came by the day due in the reporting calendar"),
    MATCHES: gettext_lazy("Names and codes that were found without asking a person"),
    UNIQUENESS: gettext_lazy("Rows that had not come before"),
}
FAULTS: dict[str, Promise] = {
    VALIDITY: gettext_lazy("Rejected rows: %(bad)s of %(of)s."),
    COMPLETENESS: gettext_lazy("Empty cells: %(bad)s of %(of)s."),
    TIMELINESS: gettext_lazy("Rows after the day due: %(bad)s of %(of)s."),
    MATCHES: gettext_lazy("Names that nobody knew: %(bad)s of %(of)s."),
    UNIQUENESS: gettext_lazy("Duplicates: %(bad)s of %(of)s."),
}


def tell_worst(ratio: Ratio | None) -> str:
    """What costs a source most, as a sentence."""
    if ratio is None:
        return _("Nothing to improve.")
    told: str = str(FAULTS[ratio.dimension]) % {
        "bad": formats.number(ratio.bad),
        "of": formats.number(ratio.of),
    }
    return told
