"""Verbs of programmes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base import audit
from headrace.base.approvals.actions import ask_for_approval
from headrace.base.approvals.rules import needs_approval
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.engine import programme as engine
from headrace.engine.parsing import check
from headrace.programmes.models import Programme, ProgrammeVersion

PROGRAMME = "programme"


@transaction.atomic
def launch_programme(
    *, organisation: Organisation, document: str, user: User | None = None
) -> ProgrammeVersion:
    """Puts a document in force: its first version, or a later one with a higher number.

    The same text under the same number again changes nothing. Raises ValidationError with one message per
    finding where the document has errors, where the number is taken by another text, or where a rule wants others
    to approve it (`propose_programme` asks them).
    """
    parsed = _checked(document)
    same = _same_number(organisation, parsed, document)
    if same is not None:
        return same
    if needs_approval(organisation=organisation, kind=PROGRAMME):
        raise ValidationError(
            _("By a rule of approvals others have to agree before %(key)s is in force. Propose it.")
            % {"key": parsed.key}
        )
    return _launch(organisation, parsed, document, user)


@transaction.atomic
def propose_programme(
    *, organisation: Organisation, document: str, user: User | None
) -> ProgrammeVersion | ApprovalRequest:
    """Puts a document in force; where a rule wants others to approve it, asks them instead.

    Raises ValidationError as `launch_programme` does, and where nobody is named who could be told apart from those
    who approve.
    """
    parsed = _checked(document)
    same = _same_number(organisation, parsed, document)
    if same is not None:
        return same
    if not needs_approval(organisation=organisation, kind=PROGRAMME):
        return _launch(organisation, parsed, document, user)
    if user is None:
        raise ValidationError(_("By a rule of approvals others have to agree: say who asks for it."))
    return ask_for_approval(
        organisation=organisation,
        kind=PROGRAMME,
        subject=f"programme:{parsed.key}:{parsed.version}",
        title=f"{parsed.key} {parsed.version}",
        seen=seen_of(parsed, document),
        requested_by=user,
    )


@transaction.atomic
def launch_approved(*, organisation: Organisation, document: str, user: User | None) -> ProgrammeVersion:
    """Puts a document in force that others have approved; `user` is who asked."""
    parsed = _checked(document)
    return _same_number(organisation, parsed, document) or _launch(organisation, parsed, document, user)


def seen_of(parsed: engine.Programme, document: str) -> dict[str, Any]:
    """What an approver is shown of a programme: its life and its whole text."""
    figures: list[dict[str, Any]] = [
        {"label": "key", "text": parsed.key},
        {"label": "version", "number": parsed.version},
        {"label": "starts", "on": parsed.starts.isoformat()},
    ]
    if parsed.ends is not None:
        figures.append({"label": "ends", "on": parsed.ends.isoformat()})
    return {"figures": figures, "key": parsed.key, "number": parsed.version, "document": document}


def _checked(document: str) -> engine.Programme:
    parsed, findings = check(document)
    errors = [str(finding) for finding in findings if finding.severity == "error"]
    if parsed is None or errors:
        raise ValidationError(errors)
    return parsed


def _same_number(
    organisation: Organisation, parsed: engine.Programme, document: str
) -> ProgrammeVersion | None:
    """The version with this number, if it was launched with this very text."""
    programme = Programme.objects.filter(organisation=organisation, key=parsed.key).first()
    same = programme.versions.filter(number=parsed.version).first() if programme else None
    if programme is not None and same is not None and same.document != document:
        raise ValidationError(
            f"version: {parsed.version} of {parsed.key} was launched with another text; "
            f"a changed document takes the next number, {programme.current.number + 1}"
        )
    return same


def _launch(
    organisation: Organisation, parsed: engine.Programme, document: str, user: User | None
) -> ProgrammeVersion:
    programme, _is_new = Programme.objects.get_or_create(organisation=organisation, key=parsed.key)
    version = ProgrammeVersion.objects.create(
        organisation=organisation,
        programme=programme,
        number=parsed.version,
        document=document,
        launched_by=user,
    )
    audit.record(
        organisation=organisation,
        user=user,
        action="programme.launch",
        subject=f"programme:{programme.pk}",
        version=version.number,
    )
    return version
