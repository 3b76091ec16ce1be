"""What banks answered: files read in, and entries that somebody has to look at. For finance only."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base.access import user_of
from headrace.payouts import answers, payout_queries
from headrace.payouts.console_batches import ROWS_A_PAGE, for_finance
from headrace.payouts.models import BankAnswer
from headrace.payouts.payout_access import get_answer, get_unclear_entry
from headrace.payouts.payout_forms import AnswerForm, NoteForm


@for_finance
def bank_answers(request: HttpRequest) -> HttpResponse:
    """Takes a file in; lists those that were, and what is unclear."""
    user = user_of(request)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            answer, is_new = answers.receive_answer(
                organisation=user.organisation, name=file.name, content=file.read(), user=user
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            if not is_new:
                messages.info(request, _("This file was read before. Nothing has changed."))
            return redirect("console:bank_answer", answer.pk)
    found = BankAnswer.objects.filter(organisation=user.organisation).order_by("-pk")
    context = {
        "form": form,
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "unclear": payout_queries.entries_to_look_at(user.organisation)[:ROWS_A_PAGE],
    }
    return render(request, "payouts/console/answers.html", context)


@for_finance
def bank_answer(request: HttpRequest, pk: int) -> HttpResponse:
    answer = get_answer(request, pk)
    rows = answer.entries.select_related("payout__partner", "payout__person", "looked_at_by").order_by(
        "position"
    )
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "payouts/console/answer.html", {"answer": answer, "page": page})


@for_finance
@require_POST
def look_at_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes what somebody found about an unclear entry."""
    entry, form = get_unclear_entry(request, pk), NoteForm(request.POST)
    if form.is_valid():
        try:
            answers.note_looked_at(entry=entry, user=user_of(request), note=form.cleaned_data["note"])
            messages.success(request, _("Noted."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, _("Write what you found, so that others need not look again."))
    return redirect("console:bank_answers")
