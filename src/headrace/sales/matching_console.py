"""Matching in the console: texts that nobody knows, confirmed one by one or many at once; what was decided, undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from headrace.base.access import user_of
from headrace.sales import decisions
from headrace.sales import matching_queries as queries
from headrace.sales.access import for_channel_managers, get_alias, get_import, get_unknown_text
from headrace.sales.decisions import Decision, Refused, Settled
from headrace.sales.matching_forms import SCORE_SHOWN, ScoreForm, TargetForm, TextFilter, confirmed
from headrace.sales.models import Meant, UnknownText

ROWS_A_PAGE = 50
CONFIRMED_AT_ONCE_MAX = 200
NOT_OURS = "none"


@for_channel_managers
def matching(request: HttpRequest) -> HttpResponse:
    """The texts that wait for a decision."""
    organisation = user_of(request).organisation
    form = TextFilter(queries.sources(organisation), request.GET)
    found = queries.waiting_texts(organisation, **_wanted(request, form))
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    texts = queries.told_texts(page.object_list)
    is_filtered = any(form.wanted().values())
    coming, stopped = queries.rows_to_come(organisation)
    return render(
        request,
        "sales/console/matching.html",
        {
            "form": form,
            "page": page,
            "texts": texts,
            "is_filtered": is_filtered,
            "score": SCORE_SHOWN,
            "coming": coming,
            "stopped": stopped,
        },
    )


def _wanted(request: HttpRequest, form: TextFilter) -> dict[str, Any]:
    wanted = form.wanted()
    run = wanted.get("run")
    return {
        "source": wanted.get("source", ""),
        "kind": wanted.get("kind", ""),
        "run": get_import(request, run) if run else None,
    }


@for_channel_managers
def unknown_text(request: HttpRequest, pk: int) -> HttpResponse:
    """One text: what it may mean, to be chosen."""
    unknown = get_unknown_text(request, pk)
    if request.method == "POST":
        return _decide(request, unknown)
    words = request.GET.get("q", "")
    told = queries.told_texts(queries.waiting_texts(unknown.organisation).filter(pk=unknown.pk))
    if not told:
        messages.info(request, _("“%(text)s” waits no longer.") % {"text": unknown.text})
        return redirect("console:matching")
    return render(
        request,
        "sales/console/unknown_text.html",
        {
            "text": told[0],
            "words": words,
            "found": queries.search_targets(unknown, words),
            "rows": queries.rows_shown(unknown),
            "may_be_made": unknown.kind != Meant.PERSON,
        },
    )


def _decide(request: HttpRequest, unknown: UnknownText) -> HttpResponse:
    chosen = request.POST.get("target", "")
    if chosen != NOT_OURS and not chosen.isdecimal():
        messages.error(request, _("Choose what the text means."))
        return redirect("console:unknown_text", unknown.pk)
    decision = Decision(unknown, None if chosen == NOT_OURS else int(chosen))
    return _decided(request, [decision], for_all_sources="for_all_sources" in request.POST)


def _decided(request: HttpRequest, taken: list[Decision], *, for_all_sources: bool = False) -> HttpResponse:
    user = user_of(request)
    try:
        settled = decisions.decide_texts(
            organisation=user.organisation,
            decisions=taken,
            for_all_sources=for_all_sources,
            by_job=True,
            user=user,
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        _tell(request, settled)
    return redirect("console:matching")


def _tell(request: HttpRequest, settled: Settled) -> None:
    """Messages about what became of decisions."""
    for alias in settled.decided_before:
        meaning = alias.target or _("not ours")
        before = {"text": alias.text, "meaning": meaning, "who": alias.decided_by or _("the system")}
        messages.warning(request, _("“%(text)s” was decided before: %(meaning)s, by %(who)s.") % before)
    if decided := len(settled.aliases):
        told = ngettext("%(count)s text is decided.", "%(count)s texts are decided.", decided)
        messages.success(request, told % {"count": decided})
    if settled.accepted:
        told = ngettext(
            "%(count)s row was taken in. It counts from the next calculation on.",
            "%(count)s rows were taken in. They count from the next calculation on.",
            settled.accepted,
        )
        messages.success(request, told % {"count": settled.accepted})
    if settled.rows_to_come:
        told = ngettext(
            "%(count)s row is being taken in.", "%(count)s rows are being taken in.", settled.rows_to_come
        )
        messages.info(request, told % {"count": settled.rows_to_come})
    if settled.not_accepted:
        told = ngettext(
            "%(count)s row could not be taken in; its import says why.",
            "%(count)s rows could not be taken in; their import says why.",
            settled.not_accepted,
        )
        messages.warning(request, told % {"count": settled.not_accepted})


@for_channel_managers
def make_target(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes a new partner, product or customer of a text."""
    unknown = get_unknown_text(request, pk)
    form = TargetForm(request.POST or None, initial={"code": unknown.text, "name": unknown.text})
    if request.method == "POST" and form.is_valid():
        try:
            settled = decisions.make_target(
                unknown=unknown, by_job=True, user=user_of(request), **form.cleaned_data
            )
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            _tell(request, settled)
            return redirect("console:matching")
    return render(request, "sales/console/make_target.html", {"unknown": unknown, "form": form})


@for_channel_managers
def confirm_matches(request: HttpRequest) -> HttpResponse:
    """Lists what would be confirmed at once; then confirms just what was listed and left chosen."""
    organisation = user_of(request).organisation
    if request.method == "POST":
        meant = confirmed(request.POST.getlist("match")[:CONFIRMED_AT_ONCE_MAX])
        chosen = UnknownText.objects.filter(organisation=organisation, pk__in=meant)
        taken = [Decision(text, meant[text.pk]) for text in chosen.select_related("source")]
        return _decided(request, taken)
    form = ScoreForm(queries.sources(organisation), {"score": SCORE_SHOWN} | request.GET.dict())
    score = form.wanted().get("score") or SCORE_SHOWN
    found = queries.waiting_texts(organisation, **_wanted(request, form)).filter(score__gte=score)
    texts = [text for text in queries.told_texts(found[:CONFIRMED_AT_ONCE_MAX]) if text.is_clear]
    return render(request, "sales/console/confirm_matches.html", {"form": form, "texts": texts})


@require_POST
@for_channel_managers
def look_again(request: HttpRequest) -> HttpResponse:
    """Looks all waiting texts up anew, as after partners or products were imported."""
    user = user_of(request)
    settled = decisions.look_again(organisation=user.organisation, by_job=True, user=user)
    _tell(request, settled)
    if not settled.runs and not settled.rows_to_come:
        messages.info(request, _("No waiting row could be taken in. The proposals are up to date."))
    return redirect("console:matching")


@for_channel_managers
def aliases(request: HttpRequest) -> HttpResponse:
    """What texts mean, as people decided or the system found by itself."""
    words = request.GET.get("q", "")
    found = queries.aliases(user_of(request).organisation, words)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    told = queries.told_aliases(page.object_list)
    return render(request, "sales/console/aliases.html", {"page": page, "aliases": told, "words": words})


@for_channel_managers
def alias(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision, and what undoing it would do; then undoes it."""
    found = get_alias(request, pk)
    if request.method == "POST":
        runs = decisions.withdraw_alias(alias=found, user=user_of(request))
        rows = sum(run.rows for run in runs)
        messages.success(request, _("“%(text)s” is undone.") % {"text": found.text})
        if rows:
            told = ngettext(
                "%(count)s line was withdrawn; its row waits again.",
                "%(count)s lines were withdrawn; their rows wait again.",
                rows,
            )
            messages.info(request, told % {"count": rows})
        return redirect("console:aliases")
    return render(request, "sales/console/alias.html", {"told": queries.told_alias(found)})
