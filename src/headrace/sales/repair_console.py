"""Rejected rows repaired in the browser: one as a form, or the same mistake in many rows at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headrace.base.access import user_of
from headrace.sales import repairs
from headrace.sales.access import for_channel_managers, get_import, get_reject
from headrace.sales.models import Import
from headrace.sales.repair_forms import ReplaceForm, RowForm
from headrace.sales.replay import NothingToReplay, replay_rejects


@for_channel_managers
def repair_row(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One rejected row as a form; sent again, only it is taken in anew."""
    reject = get_reject(request, pk, row)
    form = RowForm(reject, request.POST or None)
    if request.method == "POST" and form.is_valid():
        changes = {reject.row_number: form.changes()}
        try:
            again = replay_rejects(
                run=reject.import_run, rejects=[reject], changes=changes, user=user_of(request)
            )
        except NothingToReplay as nothing:
            messages.info(request, str(nothing))
            return redirect("console:import", pk)
        if again.rejected:
            messages.warning(request, _("The row is still wrong; what is left stands beside its columns."))
            return redirect("console:repair_row", again.pk, row)
        _tell(request, again)
        return redirect("console:import", pk)
    is_waiting = not hasattr(reject, "repair") and reject.import_run.withdrawn_at is None
    context = {"run": reject.import_run, "reject": reject, "form": form, "is_waiting": is_waiting}
    return render(request, "sales/console/repair_row.html", context)


@for_channel_managers
def repair_many(request: HttpRequest, pk: int) -> HttpResponse:
    """The cells that stand in rejected rows of an import, each with how often; replaced in all of them at once."""
    run = get_import(request, pk)
    form = ReplaceForm(run, request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        rejects = repairs.with_cell(run, told["column"], told["old"])
        changes = {reject.row_number: {told["column"]: told["new"]} for reject in rejects}
        try:
            again = replay_rejects(run=run, rejects=rejects, changes=changes, user=user_of(request))
        except NothingToReplay as nothing:
            messages.info(request, str(nothing))
        else:
            _tell(request, again)
        return redirect("console:repair_many", pk)
    context = {"run": run, "form": form, "mistakes": repairs.mistakes(run)}
    return render(request, "sales/console/repair_many.html", context)


def _tell(request: HttpRequest, again: Import) -> None:
    """Messages about what became of rows that were sent again."""
    if again.accepted:
        told = ngettext(
            "%(count)s row was taken in. It counts from the next calculation on.",
            "%(count)s rows were taken in. They count from the next calculation on.",
            again.accepted,
        )
        messages.success(request, told % {"count": again.accepted})
    if again.duplicates:
        told = ngettext(
            "%(count)s row says what is known already; it was not taken in twice.",
            "%(count)s rows say what is known already; they were not taken in twice.",
            again.duplicates,
        )
        messages.info(request, told % {"count": again.duplicates})
    if again.rejected:
        told = ngettext(
            "%(count)s row is still wrong: import %(import)s says why.",
            "%(count)s rows are still wrong: import %(import)s says why.",
            again.rejected,
        )
        messages.warning(request, told % {"count": again.rejected, "import": again.pk})
