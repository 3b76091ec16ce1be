"""Verbs of programmes."""

from django.core.exceptions import ValidationError
from django.db import transaction

from headrace.base import audit
from headrace.base.models import Organisation, User
from headrace.engine.parsing import check
from headrace.programmes.models import Programme, ProgrammeVersion


@transaction.atomic
def launch_programme(
    *, organisation: Organisation, document: str, user: User | None = None
) -> ProgrammeVersion:
    """Puts a document in force: its first version, or a later one with a higher number.

    The same text under the same number again changes nothing. Raises ValidationError with one message per
    finding where the document has errors, or where the number is taken by another text.
    """
    parsed, findings = check(document)
    errors = [str(finding) for finding in findings if finding.severity == "error"]
    if parsed is None or errors:
        raise ValidationError(errors)
    programme, _ = Programme.objects.get_or_create(organisation=organisation, key=parsed.key)
    same_number = programme.versions.filter(number=parsed.version).first()
    if same_number is not None:
        if same_number.document != document:
            raise ValidationError(
                f"version: {parsed.version} of {parsed.key} was launched with another text; "
                f"a changed document takes the next number, {programme.current.number + 1}"
            )
        return same_number
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
