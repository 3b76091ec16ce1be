"""A statement on paper, and what its page needs."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from headrace.base import formats, pdf
from headrace.payouts import told
from headrace.payouts.models import CreditNote, Statement

STATEMENTS_A_PAGE = 50


def statement_context(statement: Statement) -> dict[str, Any]:
    return {
        "statement": statement,
        "recipient": statement.content["person"] or statement.content["partner"]["name"],
        "lines": told.lines_of(statement),
        "sums": told.sums_of(statement),
        "balances": told.balances_of(statement),
        "outcome": told.outcome_note(statement),
        "credit_note": _credit_note_of(statement),
    }


def credit_note_response(note: CreditNote) -> HttpResponse:
    """The document as it was written."""
    response = HttpResponse(note.document, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{note.number}.xml"'
    return response


def _credit_note_of(statement: Statement) -> CreditNote | None:
    return CreditNote.objects.filter(
        payee__settlement=statement.settlement_id,
        payee__partner=statement.partner_id,
        payee__person=statement.person_id,
        unit=statement.unit,
    ).first()


def pdf_response(statement: Statement) -> HttpResponse:
    """The statement as a PDF in the reader's language."""
    response = HttpResponse(statement_pdf(statement), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="statement-{statement.number}.pdf"'
    return response


def statement_pdf(statement: Statement) -> bytes:
    """The same bytes each time: figures and names are frozen, and the document is dated when it was cut."""
    return pdf.render("payouts/typst/statement.typ", _data(statement), made_at=statement.cut_at)


def _data(statement: Statement) -> dict[str, object]:
    def money(amount_minor: int) -> str:
        return formats.money(amount_minor, statement.unit)

    def rows(sums: list[tuple[str, int]]) -> list[tuple[str, str]]:
        return [(label, money(amount_minor)) for label, amount_minor in sums]

    content = statement.content
    outcome = told.outcome_note(statement)
    note = _("Each amount is explained, down to the sales it came from, in the portal.")
    return {
        "title": _("Statement"),
        "number": statement.number,
        "brand": content["brand"],
        "foot": f"{content['brand']} · {statement.number}",
        "facts": _facts(statement),
        "section": _("Movements"),
        "headings": [_("Movement"), _("For the period"), _("Posted on"), _("Amount")],
        "rows": [_row(line, money(line.amount_minor)) for line in told.lines_of(statement)],
        "balance_headings": [_("Balance"), _("Amount")],
        "balances": [
            (_("Opening balance"), money(statement.opening_minor)),
            *rows(told.sums_of(statement)),
        ],
        "total": (_("Closing balance"), money(statement.closing_minor)),
        "stage_headings": [_("Of the closing balance"), _("Amount")],
        "stages": rows(told.balances_of(statement)),
        "note": f"{outcome} {note}".strip(),
    }


def _facts(statement: Statement) -> list[tuple[str, str]]:
    content = statement.content
    return [
        (_("Partner"), content["partner"]["name"]),
        (_("Period"), formats.period(statement.period_from, statement.period_to)),
        *([(_("Person"), content["person"])] if content["person"] else []),
        (_("Partner number"), content["partner"]["code"]),
        (_("Cut on"), formats.day(statement.cut_at)),
        *([(_("Address"), ", ".join(content["address"]))] if content["address"] else []),
    ]


def _row(line: told.Line, amount: str) -> tuple[str, str, str, str]:
    period = formats.period(line.starts, line.ends) if line.starts else ""
    if line.kind in ("corrected", "taken_back"):
        period = _("%(period)s (%(kind)s)") % {"period": period, "kind": line.label}
    return (line.note if line.kind == "withheld" else line.what), period, formats.day(line.on), amount
