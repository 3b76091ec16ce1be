"""Putting a programme in force where a rule wants others to approve it: the document waits in the request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest
from headrace.engine.parsing import check
from headrace.programmes import actions
from headrace.programmes.models import ProgrammeVersion


def _approved(request: ApprovalRequest) -> None:
    actions.launch_approved(
        organisation=request.organisation, document=request.seen["document"], user=request.requested_by
    )


def _refused(request: ApprovalRequest, reason: str) -> None:
    """Nothing was in force, so nothing has to be taken back."""


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    """None once the number was taken by another text, or the document is none any more for this engine."""
    key, number = request.seen["key"], request.seen["number"]
    taken = ProgrammeVersion.objects.filter(
        organisation=request.organisation_id, programme__key=key, number=number
    )
    parsed, _findings = check(request.seen["document"])
    if parsed is None or taken.exists():
        return None
    return actions.seen_of(parsed, request.seen["document"])


KIND = ApprovalKind(
    code=actions.PROGRAMME,
    label=_("Programme"),
    approved=_approved,
    refused=_refused,
    current=_current,
    labels={
        "key": _("Programme"),
        "version": _("Version"),
        "starts": _("First day"),
        "ends": _("Last day"),
    },
    only_by_rule=True,
)
