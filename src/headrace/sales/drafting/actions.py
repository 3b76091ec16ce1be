"""Verbs of drafts: begin one, read the file otherwise, choose, import, leave out. Each keeps what was chosen."""

from __future__ import annotations

import re
from itertools import chain, count

from django.db import transaction

from headrace.base import audit, files
from headrace.base.models import Organisation, User
from headrace.sales import actions
from headrace.sales.deliveries import deliver
from headrace.sales.detect import detect
from headrace.sales.drafting import compose, found, memory
from headrace.sales.drafting.choices import Choices, proposed, with_replacements
from headrace.sales.fields import KIND
from headrace.sales.models import Delivery, Draft, MappingDocument, SalesFile, Source
from headrace.sales.proposals import propose_kind


def begin_draft(*, organisation: Organisation, file: SalesFile, user: User | None = None) -> Draft:
    """Looks into a file and proposes how to map it; a draft of the same file that is still open goes on.

    Raises FileRefused where the file is no table whatever one chooses.
    """
    still_open = {"organisation": organisation, "file": file, "state": Draft.State.OPEN}
    draft = Draft.objects.filter(**still_open).first()
    if draft:
        return draft
    looked = Draft(organisation=organisation, file=file)
    _look(looked, {}, kind="")
    begun = {"file_name": file.name, "found": looked.found, "choices": looked.choices, "begun_by": user}
    with transaction.atomic():
        draft, is_new = Draft.objects.get_or_create(**still_open, defaults=begun)
        if is_new:
            audit.record(
                organisation=organisation, user=user, action="draft.begin", subject=f"draft:{draft.pk}"
            )
    return draft


def _look(draft: Draft, given: dict[str, str], kind: str) -> None:
    """Finds the format anew and proposes from the beginning: other columns may have come of it."""
    path = files.path_of(draft.file.sha256)
    detected = detect(path, given)
    wanted = KIND[kind] if kind else propose_kind(detected)
    remembered = memory.remembered(draft.organisation, wanted, detected.columns, detected.format.type)
    draft.given = given
    draft.found = found.as_json(detected, path)
    draft.choices = proposed(detected, wanted, draft.organisation, remembered).as_json()


@transaction.atomic
def correct_format(*, draft: Draft, given: dict[str, str]) -> None:
    """Reads the file as a person says; what they did not say is found anew."""
    columns, choices = draft.found["columns"], draft.choices
    _look(draft, given, kind="")
    if columns and draft.found["columns"] == columns:
        # Only values are read otherwise: what was chosen for the columns holds.
        draft.choices = choices
    draft.save(update_fields=["given", "found", "choices"])


@transaction.atomic
def choose_kind(*, draft: Draft, kind: str) -> None:
    """Says what the rows are; the columns are proposed anew for it."""
    _look(draft, draft.given, kind)
    draft.save(update_fields=["found", "choices"])


@transaction.atomic
def change_choices(*, draft: Draft, choices: Choices) -> Choices:
    """Keeps what was chosen, right or not, so that nothing that was typed is lost."""
    choices = with_replacements(choices, [cells for _number, cells in found.rows(draft.found)])
    draft.choices = choices.as_json()
    draft.save(update_fields=["choices"])
    return choices


def import_draft(*, draft: Draft, source_name: str, user: User | None = None) -> Delivery:
    """Makes the mapping out of the choices, keeps it with its source, and imports the file by it.

    Raises mapping.MappingError where the choices make no right mapping.
    """
    choices, detected = Choices.of_json(draft.choices), found.of_json(draft.found)
    composed = compose.entry(choices, detected.format, draft.file.name)
    organisation = draft.organisation
    code = _code_of_source(organisation, source_name)
    before = memory.document_of_source(organisation, code)
    text = compose.document(
        composed,
        name=before.name if before else code,
        source=code,
        source_name=source_name,
        before=before.text if before else "",
    )
    document = actions.keep_mapping(organisation=organisation, text=text, user=user)
    return import_by(draft=draft, document=document, user=user)


def import_by(*, draft: Draft, document: MappingDocument, user: User | None = None) -> Delivery:
    """Asks that the file of a draft is imported by a mapping; where it is refused, the draft stays open."""
    delivery = deliver(
        organisation=draft.organisation, received=[draft.file], document=document, draft=draft, user=user
    )
    draft.refresh_from_db()
    return delivery


@transaction.atomic
def leave_out(*, draft: Draft, user: User | None = None) -> None:
    """Says that a file is not to be imported; its bytes stay."""
    draft.close(Draft.State.LEFT_OUT)
    audit.record(
        organisation=draft.organisation, user=user, action="draft.leave_out", subject=f"draft:{draft.pk}"
    )


def _code_of_source(organisation: Organisation, name: str) -> str:
    """The code of the source of that name, or one made of a new name."""
    known = Source.objects.filter(organisation=organisation, name=name).values_list("code", flat=True).first()
    if known:
        return known
    code = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:50]
    if not code[:1].isalpha():
        code = f"source-{code}".rstrip("-")
    taken: set[str] = set(Source.objects.filter(organisation=organisation).values_list("code", flat=True))
    return next(one for one in chain([code], (f"{code}-{number}" for number in count(2))) if one not in taken)
