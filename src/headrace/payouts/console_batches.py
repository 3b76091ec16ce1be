"""Payouts as the brand sees them: what is payable, batches, their files, and bank accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from headrace.base import audit, files
from headrace.base.access import for_brand, for_roles, user_of
from headrace.base.models import Role
from headrace.partners.access import get_partner
from headrace.payouts import bank_accounts, batches, payable, payout_queries
from headrace.payouts.bank.orders import BankFileError
from headrace.payouts.methods import method_of
from headrace.payouts.models import PayingAccount
from headrace.payouts.payout_access import get_bank_account, get_batch, get_batch_with_file
from headrace.payouts.payout_forms import (
    NumbersForm,
    PayingAccountForm,
    PrepareForm,
    ReasonForm,
    WaitingForm,
)

ROWS_A_PAGE = 50
for_finance = for_roles(Role.FINANCE)


def is_finance(request: HttpRequest) -> bool:
    return user_of(request).has_role(Role.FINANCE)


@for_brand
def payouts(request: HttpRequest) -> HttpResponse:
    """What is payable, to whom, and what stands in the way."""
    rows = payable.payables(user_of(request).organisation)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    for_day = PrepareForm(initial={"execution_on": timezone.localdate() + timedelta(days=1)})
    context = {
        "page": page,
        "ready": payout_queries.ready_together(rows),
        "form": for_day,
        "is_finance": is_finance(request),
    }
    return render(request, "payouts/console/payouts.html", context)


@for_finance
@require_POST
def prepare_payouts(request: HttpRequest) -> HttpResponse:
    """Prepares a batch and asks for its approval."""
    form, user = PrepareForm(request.POST), user_of(request)
    if not form.is_valid():
        messages.error(request, _("Choose what is to be paid, and a day for it."))
        return redirect("console:payouts")
    try:
        batch = batches.prepare_batch(organisation=user.organisation, user=user, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("console:payouts")
    messages.success(request, _("The batch is prepared and waits for approval."))
    return redirect("console:payout_batch", batch.pk)


@for_brand
def payout_batches(request: HttpRequest) -> HttpResponse:
    found = payout_queries.batches_of(user_of(request).organisation)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(batch, method_of(batch.method).label) for batch in page.object_list]
    context = {"page": page, "rows": rows, "is_finance": is_finance(request)}
    return render(request, "payouts/console/batches.html", context)


@for_brand
def payout_batch(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_batch(request, pk)
    rows = batch.payouts.select_related("partner", "person", "account").order_by("pk")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    new = {payout.pk for payout in batches.new_accounts(list(page.object_list))}
    context = {
        "batch": batch,
        "method": method_of(batch.method),
        "page": page,
        "new": new,
        "states": payout_queries.states_of(batch),
        "request_of": payout_queries.request_for(batch.organisation, batch.subject),
        "form": ReasonForm(),
        "is_finance": is_finance(request),
    }
    return render(request, "payouts/console/batch.html", context)


@for_finance
@require_POST
def hand_over_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on the file can be taken, again and again the same."""
    batch = get_batch(request, pk)
    try:
        batches.hand_over_batch(batch=batch, user=user_of(request))
        messages.success(request, _("The batch is handed over."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except BankFileError as error:
        messages.error(request, _("No valid bank file can be made: %(problem)s") % {"problem": error})
    return redirect("console:payout_batch", pk)


@for_finance
@require_POST
def drop_batch(request: HttpRequest, pk: int) -> HttpResponse:
    batch, form = get_batch(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the batch is dropped."))
        return redirect("console:payout_batch", pk)
    try:
        batches.drop_batch(batch=batch, user=user_of(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("The batch is dropped. What it held is payable again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("console:payout_batch", pk)


@for_finance
@never_cache
def payout_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes that were made when it was handed over; each taking is in the audit trail."""
    batch = get_batch_with_file(request, pk)
    method = method_of(batch.method)
    audit.record(
        organisation=batch.organisation,
        user=user_of(request),
        action="payout_batch.take_file",
        subject=batch.subject,
        file=batch.file_sha256,
    )
    content = files.path_of(batch.file_sha256).read_bytes()
    response = HttpResponse(content, content_type=method.media_type)
    response["Content-Disposition"] = f'attachment; filename="{batch.reference}.{method.ending}"'
    return response


@for_brand
@never_cache
def bank_account(request: HttpRequest, pk: int) -> HttpResponse:
    """An account with its number masked; shown in full only to finance, on request, which is recorded."""
    account = get_bank_account(request, pk)
    is_shown = request.method == "POST" and is_finance(request)
    if is_shown:
        audit.record(
            organisation=account.organisation,
            user=user_of(request),
            action="bank_account.show",
            subject=account.subject,
        )
    standing = bank_accounts.standing_of(account.organisation, account.owner)
    context: dict[str, Any] = {
        "account": account,
        "standing": standing,
        "is_current": standing.account == account,
        "is_shown": is_shown,
        "is_finance": is_finance(request),
        "decision": getattr(account, "decision", None),
        "request_of": payout_queries.request_for(account.organisation, account.subject),
    }
    return render(request, "payouts/console/bank_account.html", context)


@for_finance
def new_bank_account(request: HttpRequest, code: str) -> HttpResponse:
    """Enters an account in the name of a partner; somebody else has to approve it."""
    partner, user = get_partner(request, code), user_of(request)
    form = NumbersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = bank_accounts.enter_bank_account(
                organisation=user.organisation,
                partner=partner,
                person=None,
                kind=form.cleaned_data["kind"],
                holder=form.cleaned_data["holder"],
                user=user,
                **form.numbers,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The bank account is entered. Somebody else has to approve it."))
            return redirect("console:bank_account", account.pk)
    return render(request, "payouts/console/new_bank_account.html", {"form": form, "partner": partner})


@for_finance
def payout_settings(request: HttpRequest) -> HttpResponse:
    """The waiting time, and the accounts that are paid from."""
    organisation = user_of(request).organisation
    initial = {"waiting_days": bank_accounts.terms_of(organisation).waiting_days}
    is_waiting = "waiting_days" in request.POST
    waiting = WaitingForm(request.POST if is_waiting else None, initial=initial)
    paying = PayingAccountForm(request.POST if request.POST and not is_waiting else None)
    if _saved(request, waiting, paying):
        messages.success(request, _("Saved."))
        return redirect("console:payout_settings")
    accounts = PayingAccount.objects.filter(organisation=organisation).order_by("-pk")
    context = {"waiting": waiting, "paying": paying, "accounts": accounts[:ROWS_A_PAGE]}
    return render(request, "payouts/console/settings.html", context)


def _saved(request: HttpRequest, waiting: WaitingForm, paying: PayingAccountForm) -> bool:
    """Whether the form that was sent is right and kept."""
    user = user_of(request)
    if waiting.is_bound and waiting.is_valid():
        days = waiting.cleaned_data["waiting_days"]
        bank_accounts.set_waiting_days(organisation=user.organisation, days=days, user=user)
        return True
    if not (paying.is_bound and paying.is_valid()):
        return False
    given = {name: paying.cleaned_data[name] for name in ("unit", "kind", "holder")}
    try:
        bank_accounts.note_paying_account(
            organisation=user.organisation, user=user, **given, **paying.numbers
        )
    except ValidationError as error:
        paying.add_error(None, error)
        return False
    return True
