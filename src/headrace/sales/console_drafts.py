"""A file without a mapping: what was found in it, its columns mapped, its source named, then imported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base.access import user_of
from headrace.sales import actions, mapping, queries, screens
from headrace.sales.access import for_channel_managers, get_draft
from headrace.sales.deliveries import deliver
from headrace.sales.detect import Detected
from headrace.sales.drafting import actions as drafting
from headrace.sales.drafting import compose, found, memory
from headrace.sales.drafting.choices import Choices
from headrace.sales.drafting.forms import (
    FormatForm,
    SourceForm,
    choices_of,
    constant_fields,
    creatable_fields,
    use_options,
)
from headrace.sales.drafting.labels import FORMAT_LABELS, LABELS
from headrace.sales.drafting.preview import Preview, preview
from headrace.sales.fields import KIND
from headrace.sales.models import Attribute, Delivery, Draft, Import, SalesFile
from headrace.sales.reasons import FileRefused, tell_refusal

DRAFTS_A_PAGE = 50
SAMPLES_SHOWN = 3


def begin(request: HttpRequest, uploads: list[UploadedFile[Any]]) -> HttpResponse:
    """Takes files in without a mapping: rejects go back to where they came from, of others a draft begins."""
    begun: list[Draft] = []
    delivered: list[Delivery] = []
    for upload in uploads:
        name = upload.name or _("unnamed")
        try:
            one = _begin_one(request, name, upload)
        except FileRefused as refusal:
            messages.error(request, _("%(name)s: %(message)s") % {"name": name, "message": refusal})
            continue
        if isinstance(one, Draft):
            begun.append(one)
        else:
            delivered.append(one)
    after = screens.after_delivery(request, *delivered)
    if len(begun) == 1:
        return redirect("console:draft", begun[0].pk)
    if begun:
        return redirect("console:drafts")
    return after if delivered else redirect("console:upload")


def _begin_one(request: HttpRequest, name: str, upload: UploadedFile[Any]) -> Draft | Delivery:
    user = user_of(request)
    file: SalesFile = actions.receive_file(
        organisation=user.organisation, name=name, chunks=upload.chunks(), user=user
    )
    document = memory.mapping_of_rejects(user.organisation, file)
    if document:
        return deliver(organisation=user.organisation, received=[file], document=document, user=user)
    return drafting.begin_draft(organisation=user.organisation, file=file, user=user)


@for_channel_managers
def drafts(request: HttpRequest) -> HttpResponse:
    """The files that wait."""
    waiting = queries.open_drafts(user_of(request).organisation)
    page = Paginator(waiting, DRAFTS_A_PAGE).get_page(request.GET.get("page"))
    kinds = dict(Import.Kind.choices)
    rows = [{"draft": one, "kind": kinds[one.choices["kind"]]} for one in page.object_list]
    return render(request, "sales/console/drafts.html", {"page": page, "rows": rows})


@for_channel_managers
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found in a file, with every doubt; corrected here."""
    one = get_draft(request, pk)
    if elsewhere := _elsewhere(one):
        return elsewhere
    detected = found.of_json(one.found)
    form = FormatForm(detected, request.POST or None)
    if request.method == "POST" and form.is_valid():
        drafting.correct_format(draft=one, given=form.given(one.given))
        return redirect("console:draft", one.pk)
    before = memory.mapping_of_same_columns(one.organisation, one.file, detected.columns)
    told = [
        {
            "label": FORMAT_LABELS[fact.key],
            "value": _shown(form, fact.key, fact.value),
            "why": str(fact),
            "is_doubt": fact.is_doubt,
        }
        for fact in detected.found
    ]
    return render(
        request,
        "sales/console/draft.html",
        {
            "draft": one, "form": form, "found": told, "doubts": len(detected.doubts), "before": before,
            "columns": detected.columns,
            "rows": found.rows(one.found)[:SAMPLES_SHOWN], "refusal": _refusal(detected),
        },
    )  # fmt: skip


def _shown(form: FormatForm, key: str, value: str) -> str:
    """A value of the format by its name on the form."""
    field = form.fields.get(key)
    return str(dict(getattr(field, "choices", ())).get(value, value))


def _elsewhere(one: Draft) -> HttpResponse | None:
    """To the import where there is one, done or under way, or to the list where the file was left out."""
    if one.state != Draft.State.OPEN:
        return redirect("console:import", one.run_id) if one.run_id else redirect("console:imports")
    under_way = one.deliveries.filter(finished_at=None).first()
    return redirect("console:delivery", under_way.pk) if under_way else None


def _refusal(detected: Detected) -> str:
    return tell_refusal(detected.refusal) if detected.refusal else ""


@for_channel_managers
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """The columns mapped, one a row, and the first rows as they would be taken in."""
    one = get_draft(request, pk)
    detected = found.of_json(one.found)
    if elsewhere := _elsewhere(one):
        return elsewhere
    if detected.refusal:
        return redirect("console:draft", one.pk)
    if request.method == "POST":
        return _changed(request, one, detected)
    choices = Choices.of_json(one.choices)
    rows = found.rows(one.found)
    return render(
        request,
        "sales/console/draft_columns.html",
        {
            "draft": one, "choices": choices, "kinds": Import.Kind.choices, "kind": choices.kind,
            "has_id": choices.kind_of_file.field("id") is not None,
            "columns": _shown_columns(choices, detected, rows), "uses": use_options(choices.kind_of_file),
            "types": Attribute.Type.choices, "constants": constant_fields(choices),
            "creatable": creatable_fields(choices), "replaced": _replaced(choices), "empty": " ".join(choices.empty),
            "preview": preview(choices, detected.format, rows, detected.columns, one.organisation),
        },
    )  # fmt: skip


def _changed(request: HttpRequest, one: Draft, detected: Detected) -> HttpResponse:
    """Keeps what was chosen; goes on where that makes a mapping."""
    kind = request.POST.get("kind", "")
    before = Choices.of_json(one.choices)
    if kind in KIND and kind != before.kind:
        drafting.choose_kind(draft=one, kind=kind)
        return redirect("console:draft_columns", one.pk)
    choices = drafting.change_choices(draft=one, choices=choices_of(request.POST, before))
    if "continue" in request.POST and not _preview(one, detected, choices).mistakes:
        return redirect("console:draft_source", one.pk)
    return redirect("console:draft_columns", one.pk)


def _preview(one: Draft, detected: Detected, choices: Choices) -> Preview:
    return preview(choices, detected.format, found.rows(one.found), detected.columns, one.organisation)


def _shown_columns(
    choices: Choices, detected: Detected, rows: list[tuple[int, list[str]]]
) -> list[dict[str, Any]]:
    """The columns that can be mapped: those with a name that no other has."""
    shown = []
    for place, one in enumerate(choices.columns):
        texts = (cells[place] for _number, cells in rows if place < len(cells) and cells[place].strip())
        samples = list(dict.fromkeys(texts))[:SAMPLES_SHOWN]
        if one.name and detected.columns.count(one.name) == 1:
            shown.append({"place": place, "choice": one, "samples": samples})
    return shown


def _replaced(choices: Choices) -> list[dict[str, Any]]:
    """Fields whose values may be replaced: each text with what it becomes."""
    return [
        {
            "name": name,
            "label": LABELS[name],
            "texts": sorted(told.items()),  # PostgreSQL keeps no order of keys
            "choices": getattr(choices.kind_of_file.field(name), "choices", ()),
        }
        for name, told in choices.values.items()
        if told and choices.column_of(name) is not None
    ]


@for_channel_managers
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the file comes from; then it is imported."""
    one = get_draft(request, pk)
    if elsewhere := _elsewhere(one):
        return elsewhere
    detected, choices = found.of_json(one.found), Choices.of_json(one.choices)
    if detected.refusal:
        return redirect("console:draft", one.pk)
    tried = _preview(one, detected, choices)
    if tried.mistakes:
        return redirect("console:draft_columns", one.pk)
    names = [known.name for known in queries.sources(one.organisation)]
    form = SourceForm(names, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _imported(request, one, form.cleaned_data["name"])
    entry = compose.entry(choices, detected.format, one.file_name)
    text = compose.document(entry, name="mapping", source="source", source_name="")
    kind = dict(Import.Kind.choices)[choices.kind]
    return render(
        request,
        "sales/console/draft_source.html",
        {"draft": one, "form": form, "preview": tried, "document": text, "kind": kind},
    )


def _imported(request: HttpRequest, one: Draft, name: str) -> HttpResponse:
    try:
        delivery = drafting.import_draft(draft=one, source_name=name, user=user_of(request))
    except mapping.MappingError as error:
        for finding in error.findings:
            messages.error(request, str(finding))
        return redirect("console:draft_columns", one.pk)
    return screens.after_delivery(request, delivery)


@require_POST
@for_channel_managers
def as_before(request: HttpRequest, pk: int) -> HttpResponse:
    """Imports a file by the mapping that read one with the same columns before."""
    one = get_draft(request, pk)
    if elsewhere := _elsewhere(one):
        return elsewhere
    before = memory.mapping_of_same_columns(one.organisation, one.file, found.of_json(one.found).columns)
    if before is None:
        return redirect("console:draft", one.pk)
    delivery = drafting.import_by(draft=one, document=before, user=user_of(request))
    return screens.after_delivery(request, delivery)


@require_POST
@for_channel_managers
def leave_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaves a file out."""
    one = get_draft(request, pk)
    if one.state == Draft.State.OPEN:
        drafting.leave_out(draft=one, user=user_of(request))
        messages.info(request, _("%(name)s was left out.") % {"name": one.file_name})
    return redirect("console:drafts")
