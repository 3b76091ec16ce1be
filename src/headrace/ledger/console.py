"""The ledger as finance sees it: the trial balance of any day, down to each movement."""

from __future__ import annotations

import csv
from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from headrace.base import formats
from headrace.base.access import for_roles, user_of
from headrace.base.models import Role
from headrace.ledger import queries
from headrace.ledger.access import get_account
from headrace.ledger.forms import day_of

ROWS_A_PAGE = 50
for_brand = for_roles(Role.CHANNEL_MANAGER, Role.APPROVER)


@for_brand
def trial_balance(request: HttpRequest) -> HttpResponse:
    form, on = day_of(request)
    lines = queries.trial_balance(organisation=user_of(request).organisation, on=on)
    units = [queries.UnitOfTrial.of(list(of_unit)) for _, of_unit in groupby(lines, lambda line: line.unit)]
    return render(request, "ledger/console/trial_balance.html", {"form": form, "on": on, "units": units})


@for_brand
def trial_balance_csv(request: HttpRequest) -> HttpResponse:
    _form, on = day_of(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="trial-balance-{on.isoformat()}.csv"'
    writer = csv.writer(response)
    writer.writerow(["on", "unit", "stage", "programme", "debit", "credit"])
    for line in queries.trial_balance(organisation=user_of(request).organisation, on=on):
        sides = (formats.from_minor(side, line.unit) for side in (line.debit_minor, line.credit_minor))
        writer.writerow([on.isoformat(), line.unit, line.stage.value, line.programme, *sides])
    return response


@for_brand
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts behind one line of the trial balance, or behind all of which it names a part."""
    _form, on = day_of(request)
    line = {name: request.GET[name] for name in ("unit", "stage", "programme") if name in request.GET}
    found = queries.accounts_at(organisation=user_of(request).organisation, on=on, line=line)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledger/console/accounts.html", {"page": page, "on": on, "line": line})


@for_brand
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The movements of one account up to a day, the latest first."""
    _form, on = day_of(request)
    found = get_account(request, pk)
    balance_minor = queries.balance_of(found, on)
    page = Paginator(queries.entries_on(found, on), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "ledger/console/account.html",
        {
            "account": found,
            "on": on,
            "page": page,
            "balance_minor": balance_minor,
            "owed_minor": -balance_minor,
        },
    )
