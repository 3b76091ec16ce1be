"""A statement on paper."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from headrace.base import formats, pdf
from headrace.payouts import queries
from headrace.payouts.models import Statement

STATEMENTS_A_PAGE = 50


def pdf_response(statement: Statement) -> HttpResponse:
    """The statement as a PDF in the reader's language."""
    response = HttpResponse(statement_pdf(statement), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="statement-{statement.number}.pdf"'
    return response


def statement_pdf(statement: Statement) -> bytes:
    """The same bytes each time: the figures are frozen, and the document is dated when it was cut."""
    return pdf.render("payouts/typst/statement.typ", _data(statement), made_at=statement.cut_at)


def _data(statement: Statement) -> dict[str, object]:
    def money(amount_minor: int) -> str:
        return formats.money(amount_minor, statement.unit)

    return {
        "title": _("Statement"),
        "number": statement.number,
        "brand": statement.organisation.name,
        "foot": f"{statement.organisation.name} · {statement.number}",
        "facts": [
            (_("Partner"), statement.partner.name),
            (_("Period"), formats.period(statement.period_from, statement.period_to)),
            *([(_("Person"), statement.person.name)] if statement.person else []),
            (_("Partner number"), statement.partner.code),
            (_("Cut on"), formats.day(statement.cut_at)),
        ],
        "section": _("Movements"),
        "headings": [_("Programme"), _("For the period"), _("Posted on"), _("Amount")],
        "rows": [_row(movement, money(movement.amount_minor)) for movement in queries.movements(statement)],
        "balance_headings": [_("Balance"), _("Amount")],
        "balances": [
            (_("Opening balance"), money(statement.opening_minor)),
            (_("Earned in the period"), money(statement.earned_minor)),
        ],
        "total": (_("Closing balance"), money(statement.closing_minor)),
        "note": _("Each amount is explained, down to the sales it came from, in the portal."),
    }


def _row(movement: queries.Movement, amount: str) -> tuple[str, str, str, str]:
    earning = movement.earning
    if earning is None:
        return "", "", formats.day(movement.occurred_on), amount
    period = formats.period(earning.period_from, earning.period_to)
    if movement.corrects_period:
        period = _("%(period)s (correction)") % {"period": period}
    return earning.version.title, period, formats.day(movement.occurred_on), amount
