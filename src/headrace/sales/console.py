"""Imports as a channel manager sees them: the list, the upload, one import with its rejects."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base import formats
from headrace.base.access import user_of
from headrace.sales import actions, console_drafts, deliveries, matching_queries, queries, rejects, screens
from headrace.sales.access import for_channel_managers, get_delivery, get_import
from headrace.sales.actions import Outcome
from headrace.sales.forms import UploadForm
from headrace.sales.models import Import, Result
from headrace.sales.reasons import FileRefused, tell_refusal

ROWS_A_PAGE = 50
REFRESH_SECONDS = 2
UNDER_WAY_SHOWN_MAX = 10


@for_channel_managers
def imports(request: HttpRequest) -> HttpResponse:
    """Every import, the newest first."""
    found = queries.imports(user_of(request).organisation)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    waiting = queries.open_drafts(user_of(request).organisation).count()
    under_way = queries.deliveries_under_way(user_of(request).organisation)[:UNDER_WAY_SHOWN_MAX]
    return render(
        request, "sales/console/imports.html", {"page": page, "waiting": waiting, "under_way": under_way}
    )


@for_channel_managers
def upload(request: HttpRequest) -> HttpResponse:
    """Takes files in, and shows what became of them."""
    user = user_of(request)
    form = UploadForm(user.organisation, request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "sales/console/upload.html", {"form": form})
    if "text" not in form.cleaned_data:
        return console_drafts.begin(request, form.cleaned_data["upload"])
    return _delivered(request, form.cleaned_data["text"], form.cleaned_data["upload"])


def _delivered(request: HttpRequest, text: str, uploads: list[UploadedFile[Any]]) -> HttpResponse:
    user = user_of(request)
    document = actions.keep_mapping(organisation=user.organisation, text=text, user=user)
    received = []
    for file in uploads:
        name = file.name or _("unnamed")
        try:
            received.append(
                actions.receive_file(
                    organisation=user.organisation, name=name, chunks=file.chunks(), user=user
                )
            )
        except FileRefused as refusal:
            screens.tell_outcome(request, Outcome(name, Result.REFUSED, None, str(refusal)))
    delivery = deliveries.deliver(
        organisation=user.organisation, received=received, document=document, user=user
    )
    return screens.after_delivery(request, delivery)


@for_channel_managers
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is; when it is done, what became of it."""
    found = get_delivery(request, pk)
    if found.finished_at:
        return screens.after_delivery(request, found)
    done, of = (found.job.progress.get(name, 0) for name in ("done", "of"))
    told = _("%(done)s of about %(of)s rows") % {"done": formats.number(done), "of": formats.number(of)}
    response = render(
        request,
        "sales/console/delivery.html",
        {
            "delivery": found,
            "job": found.job,
            "files": found.files.order_by("pk"),
            "done": done,
            "of": of,
            "told": told,
            "is_silent": deliveries.is_silent(found),
        },
    )
    if not found.job.set_aside_at:
        # What a browser without JavaScript understands too.
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


@require_POST
@for_channel_managers
def delivery_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Has an import that stopped tried again."""
    deliveries.try_again(get_delivery(request, pk))
    return redirect("console:delivery", pk)


@for_channel_managers
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its counts, why it was refused or what was rejected, each row with its reasons."""
    run = get_import(request, pk)
    page = Paginator(queries.rejects(run), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "sales/console/import.html",
        {
            "run": run,
            "refusal": tell_refusal(run.problem) if run.problem else "",
            "page": page,
            "rejects": queries.told_rejects(page.object_list),
            "texts_waiting": matching_queries.waiting_texts(run.organisation, run=run).count(),
            "doubts": run.doubts.waiting().count(),
            "still_open": queries.open_rejects(run).count(),
        },
    )


@for_channel_managers
def rejects_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rejects that are still open, to be repaired and sent again."""
    run: Import = get_import(request, pk)
    response = StreamingHttpResponse(rejects.as_csv(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, rejects.file_name(run)) or "attachment"
    return response
