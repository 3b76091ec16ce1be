"""A partner's own lines beside those that are known, in the portal."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base import files
from headrace.disputes import comparing, comparison_actions, reading, screens
from headrace.disputes.access import comparisons_of_person, get_own_comparison
from headrace.disputes.forms import ColumnsForm, CompareForm
from headrace.earnings.queries import quarter_of
from headrace.partners.access import for_partner_people
from headrace.partners.models import Person

COMPARISONS_SHOWN = 10


@for_partner_people
def compare(request: HttpRequest, person: Person) -> HttpResponse:
    """Takes a file to compare; those compared before stand below."""
    quarter = quarter_of(timezone.localdate())
    form = CompareForm(
        person.organisation,
        request.POST or None,
        request.FILES or None,
        initial={"starts": quarter.starts, "ends": quarter.ends},
    )
    if request.method == "POST" and form.is_valid():
        try:
            comparison = comparison_actions.begin_comparison(
                person=person,
                programme=form.programme_chosen,
                period=form.period,
                upload=form.cleaned_data["file"],
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            done = comparison.result is not None
            return redirect("portal:comparison" if done else "portal:comparison_columns", comparison.pk)
    before = comparisons_of_person(person).defer("result").order_by("-pk")[:COMPARISONS_SHOWN]
    return render(request, "disputes/portal/compare.html", {"form": form, "before": before})


@for_partner_people
def columns(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Which column is which; then it is compared anew."""
    comparison = get_own_comparison(person, pk)
    names, _proposed = reading.propose_columns(files.path_of(comparison.sha256), comparison.partner)
    form = ColumnsForm(
        reading.FIELDS, reading.NEEDED, names, request.POST or None, initial=comparison.columns
    )
    if request.method == "POST" and form.is_valid():
        try:
            comparison_actions.work_out(comparison=comparison, columns=form.columns)
            return redirect("portal:comparison", pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "disputes/portal/columns.html", {"comparison": comparison, "form": form})


@for_partner_people
def comparison(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """The rows of one kind, and what all differences would bring."""
    found = get_own_comparison(person, pk)
    if found.result is None:
        return redirect("portal:comparison_columns", pk)
    counts = Counter(row["kind"] for row in found.result["rows"])
    kind = request.GET.get("kind", "")
    if kind not in comparing.KINDS:
        kind = next((each for each in comparing.KINDS if counts[each]), comparing.BOTH)
    rows = [row for row in found.result["rows"] if row["kind"] == kind]
    page = Paginator(rows, screens.ROWS_A_PAGE).get_page(request.GET.get("page"))
    currency = found.organisation.currency
    context = {
        "comparison": found,
        "page": page,
        "rows": [screens.told_row(row, currency) for row in page.object_list],
        "kind": kind,
        "tabs": [(each, label, counts[each]) for each, label in screens.kind_labels().items()],
        "totals": None if found.result["totals"] is None else screens.money_of(found.result["totals"]),
        "rest": screens.money_of(found.result["rest"]),
        "result": found.result,
    }
    return render(request, "disputes/portal/comparison.html", context)


@for_partner_people
def comparison_csv(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return screens.comparison_csv(get_own_comparison(person, pk))


@for_partner_people
@require_POST
def dispute_rows(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Opens one dispute for the rows that are ticked."""
    found = get_own_comparison(person, pk)
    try:
        dispute = comparison_actions.dispute_rows(comparison=found, facts=request.POST.getlist("fact"))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("portal:comparison", pk)
    messages.success(request, _("Your dispute is on its way. You will see here what is said about it."))
    return redirect("portal:dispute", dispute.pk)
