"""The books as the brand sees them: what is owed on any day, and the journal."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headrace.base import files, formats
from headrace.base.access import for_brand, for_roles, user_of
from headrace.books import liability
from headrace.books.access import BOOKKEEPERS, get_export, may_export
from headrace.books.accounts import book_accounts, set_account
from headrace.books.actions import export_journal, first_day
from headrace.books.forms import AccountsForm, JournalForm, LiabilityFilter
from headrace.books.liability import OWED_STAGES, Asked, Line
from headrace.books.models import JournalExport
from headrace.books.names import Names, owners_of
from headrace.earnings.screens import spreadsheet_safe
from headrace.ledger.queries import current_position
from headrace.partners.models import Partner

ROWS_A_PAGE = 50


def _asked(request: HttpRequest, names: Names, form: LiabilityFilter) -> Asked | None:
    """What the filter asks for; None where it can't be."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    partner: Partner | None = given["partner"]
    programmes = {one.key: text for text, one in names.programmes.items()}
    return Asked(
        organisation=names.organisation,
        on=given["on"] or timezone.localdate(),
        position=_position(request, names),
        programme=programmes[given["programme"]] if given["programme"] else None,
        owners=None if partner is None else owners_of(partner),
    )


def _position(request: HttpRequest, names: Names) -> int:
    """The position that an address names, never one to come; else the present one."""
    now = current_position(names.organisation)
    text = request.GET.get("position", "")
    return min(int(text), now) if text.isdecimal() and len(text) < len(str(2**63)) else now


@for_brand
def books(request: HttpRequest) -> HttpResponse:
    """What is owed at the end of a day: by programme; of a programme by owner; of a partner by programme and owner."""
    names = Names(user_of(request).organisation)
    form = LiabilityFilter(names.organisation, names, _with_day(request))
    asked = _asked(request, names, form)
    if asked is None:
        return render(
            request, "books/console/liability.html", {"form": form, "may_export": may_export(request)}
        )
    by_owner = asked.programme is not None or asked.owners is not None
    found = liability.lines(asked, by_programme=asked.programme is None, by_owner=by_owner)
    if by_owner:
        found.sort(key=lambda line: (-line.total_minor, line.programme, line.owner))
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    columns = liability.stages_used(found)
    context = {
        "form": form,
        "may_export": may_export(request),
        "asked": asked,
        "page": page,
        "rows": [_row(line, names, columns) for line in page.object_list],
        "totals": [_row(line, names, columns) for line in liability.totals(found)],
        "stages": [OWED_STAGES[place].label for place in columns],
        "by_owner": by_owner,
        "by_programme": asked.programme is None,
    }
    return render(request, "books/console/liability.html", context)


def _with_day(request: HttpRequest) -> dict[str, Any]:
    """The filter as it was sent, of today where it names no day."""
    return {
        "on": timezone.localdate().isoformat(),
        **{key: value for key, value in request.GET.items() if value},
    }


def _row(line: Line, names: Names, columns: list[int]) -> dict[str, Any]:
    return {
        "line": line,
        "amounts": [(OWED_STAGES[place].label, line.stages[place]) for place in columns],
        "programme": names.programmes.get(line.programme),
        "owner": names.owner(line.owner) if line.owner else None,
    }


@for_brand
def liability_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file, down to programme, owner, unit and stage."""
    names = Names(user_of(request).organisation)
    form = LiabilityFilter(names.organisation, names, _with_day(request))
    asked = _asked(request, names, form)
    if asked is None:
        return HttpResponse("\n".join(map(str, form.errors.values())), status=400, content_type="text/plain")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="liability-{asked.on.isoformat()}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            "on",
            "position",
            "programme",
            "partner",
            "partner_name",
            "person",
            "owner",
            "unit",
            "stage",
            "amount",
        ]
    )
    for line in liability.lines(asked, by_programme=True, by_owner=True):
        owner = names.owner(line.owner)
        texts = (
            names.programme_key(line.programme),
            owner.partner_code,
            owner.partner_name,
            owner.person_name,
            owner.text,
            line.unit,
        )
        for stage, amount_minor in zip(OWED_STAGES, line.stages, strict=True):
            if amount_minor:
                amount = formats.from_minor(amount_minor, line.unit)
                writer.writerow(
                    [asked.on.isoformat(), asked.position, *map(spreadsheet_safe, texts), stage.value, amount]
                )
    return response


@for_roles(*BOOKKEEPERS)
def journal(request: HttpRequest) -> HttpResponse:
    """The exports so far, and the next one."""
    user, today = user_of(request), timezone.localdate()
    exports = JournalExport.objects.filter(organisation=user.organisation).order_by("-number")
    begins = first_day(user.organisation, exports.first())
    form = JournalForm(
        begins or today, today, request.POST or None, initial={"through": _proposed(begins, today)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            export = export_journal(
                organisation=user.organisation, starts=None, through=form.cleaned_data["through"], user=user
            )
            _tell(request, export)
            return redirect("console:journal")
        except ValidationError as error:
            form.add_error("through", error)
    page = Paginator(exports.select_related("made_by"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "begins": begins,
        "page": page,
        "accounts": book_accounts(user.organisation).items(),
    }
    return render(request, "books/console/journal.html", context)


def _proposed(begins: date | None, today: date) -> date:
    """The end of the month before today's where that is still to be exported."""
    month_end = today.replace(day=1) - timedelta(days=1)
    return month_end if begins is None or begins <= month_end else today


def _tell(request: HttpRequest, export: JournalExport) -> None:
    text = ngettext(
        "Export %(number)s is made, with %(count)s document.",
        "Export %(number)s is made, with %(count)s documents.",
        export.transfers,
    )
    messages.success(request, text % {"number": export.number, "count": formats.number(export.transfers)})


@for_roles(*BOOKKEEPERS)
def journal_file(request: HttpRequest, number: int, kind: str) -> StreamingHttpResponse:
    """An export as it was made."""
    export = get_export(request, number)
    digest = export.csv_sha256 if kind == "csv" else export.beancount_sha256
    name = f"journal-{export.number:04}-{export.through.isoformat()}.{kind}"
    media_type = "text/csv; charset=utf-8" if kind == "csv" else "text/plain; charset=utf-8"
    # Opened only when it is read: whoever hangs up before leaves no open file behind.
    response = StreamingHttpResponse(files.chunks_of(files.path_of(digest)), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@for_roles(*BOOKKEEPERS)
def journal_accounts(request: HttpRequest) -> HttpResponse:
    """Which accounts of the brand's own stand for the stages."""
    organisation = user_of(request).organisation
    form = AccountsForm(book_accounts(organisation), request.POST or None)
    if request.method == "POST" and form.is_valid():
        for stage, code, name in form.changed():
            set_account(organisation=organisation, stage=stage, code=code, name=name, user=user_of(request))
        messages.success(request, _("Exports made from now on use these accounts."))
        return redirect("console:journal")
    return render(request, "books/console/journal_accounts.html", {"form": form})
