"""Kinds of subjects that may need an approval: each room describes its own, `config.wiring` lists them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from headrace.base.models import ApprovalRequest, Role


def _nothing(request: ApprovalRequest) -> None:
    """What most rooms do when a request came to nothing: they ask again with what is so now."""


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """What a room says of one kind of subject.

    `approved` and `refused` (with the reason) run in the transaction of the last decision: what they raise undoes
    it. `current` gives what would be seen now (the same JSON as was asked with), or None where the subject can't be
    approved any more: where it differs the request is stale. `lapsed` runs when a request came to nothing, because
    it was stale or too old. `labels` has the texts of the codes in `seen["figures"]`; `address` gives the page of the
    subject.
    """

    code: str
    label: str | Promise
    approved: Callable[[ApprovalRequest], None]
    refused: Callable[[ApprovalRequest, str], None]
    current: Callable[[ApprovalRequest], Mapping[str, Any] | None]
    lapsed: Callable[[ApprovalRequest], None] = _nothing
    labels: Mapping[str, str | Promise] = field(default_factory=dict)
    address: Callable[[ApprovalRequest], str] | None = None
    # Who agrees where no rule is for it; with `only_by_rule`, nobody has to.
    role: Role = Role.APPROVER
    only_by_rule: bool = False


_kinds: dict[str, ApprovalKind] = {}


def use(kinds: Sequence[ApprovalKind]) -> None:
    """Makes these the kinds of this process: called once at start with `config.wiring.APPROVAL_KINDS`."""
    assert len({kind.code for kind in kinds}) == len(kinds), "each kind has its own code"
    _kinds.clear()
    _kinds.update({kind.code: kind for kind in kinds})


def kind_of(code: str) -> ApprovalKind:
    """Raises KeyError for a kind that no room has described."""
    return _kinds[code]


def all_kinds() -> Sequence[ApprovalKind]:
    return tuple(_kinds.values())
