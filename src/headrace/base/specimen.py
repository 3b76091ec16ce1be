"""A document that shows every part of the letterhead and the tables, in the language that is active."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _

from headrace.base import formats, pdf

MADE_AT = datetime(2026, 11, 22, tzinfo=UTC)
UNIT = "EUR"
AMOUNTS_MINOR = (1_840_000, 725_000, -29_800, 3_160_050)


def specimen() -> bytes:
    """A PDF of one page."""
    return pdf.render("base/typst/specimen.typ", specimen_data(), made_at=MADE_AT)


def specimen_data() -> dict[str, object]:
    return {
        "title": _("Statement"),
        "number": "ST-2026-Q4-00318",
        "brand": "Millwright",
        "foot": "Millwright GmbH · Bochum",
        "facts": [(_("Partner"), "Kappler Systems GmbH"), (_("Period"), _period())],
        "section": _("Recent earnings"),
        "headings": [_("Reference"), _("Product"), _("Date"), _("Amount")],
        "rows": _rows(),
        "total": (_("Total"), formats.money(sum(AMOUNTS_MINOR), UNIT)),
        "note": _("The first one appears when a period is closed."),
    }


def _period() -> str:
    return f"{formats.day(date(2026, 10, 1))} – {formats.day(date(2026, 12, 31))}"


def _rows() -> Sequence[Sequence[str]]:
    return [
        (
            f"E-2041{place}",
            "Edge Gateway 4",
            formats.day(date(2026, 11, 20 - place)),
            formats.money(amount, UNIT),
        )
        for place, amount in enumerate(AMOUNTS_MINOR)
    ]
