"""A run as those see it who have to approve that it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headrace.base.approvals.rules import needs_approval
from headrace.base.models import ApprovalRequest
from headrace.earnings.models import Earning, PeriodClose, Run
from headrace.earnings.scopes import Scope

RUN = "run"


@dataclass(frozen=True, slots=True)
class Amount:
    """What a run moves in one unit: earnings that rise and fall don't cancel out."""

    minor: int
    unit: str


def subject_of(run: Run) -> str:
    """A later run for everyone takes the place of the one that waits; one for some waits beside it."""
    return f"programme:{run.programme_id}:runs" if run.scope is None else f"run:{run.pk}"


def run_of(request: ApprovalRequest) -> Run:
    runs = Run.objects.select_related("programme", "organisation", "snapshot")
    return runs.get(organisation=request.organisation_id, pk=request.seen["run"])


def amount_that_needs_approval(run: Run, rows: Sequence[Earning]) -> Amount | None:
    """In the unit that moves most among those that a rule is for, else None: then nobody has to agree."""
    moved: Counter[str] = Counter()
    for row in rows:
        moved[row.unit] += abs(row.delta_minor)
    for unit, minor in moved.most_common():
        if needs_approval(organisation=run.organisation, kind=RUN, amount_minor=minor, unit=unit):
            return Amount(minor, unit)
    return None


def seen_of(run: Run, rows: Sequence[Earning]) -> dict[str, Any]:
    """What changes by publishing, and on what it was worked out."""
    deltas: Counter[str] = Counter()
    for row in rows:
        deltas[row.unit] += row.delta_minor
    owners = {row.owner for row in rows}
    figures: list[dict[str, Any]] = [
        {"label": "programme", "text": run.programme.title},
        {"label": "as_of", "on": run.snapshot.as_of.date().isoformat()},
        {"label": "recipients", "number": len(owners)},
        {"label": "earnings", "number": len(rows)},
        *({"label": "difference", "minor": minor, "unit": unit} for unit, minor in sorted(deltas.items())),
    ]
    return {"figures": figures, "run": run.pk, "results": run.results, "standing": standing_now(run)}


def standing_now(run: Run) -> list[Any]:
    """What the differences depend on beside the run itself: what was published for the same people, what is closed."""
    published = Run.objects.filter(programme=run.programme_id, published_at__isnull=False)
    own = None if run.scope is None else Scope.from_json(run.scope)
    last = 0
    for pk, told in published.values_list("pk", "scope"):
        other = None if told is None else Scope.from_json(told)
        if own is None or other is None or own.overlaps(other):
            last = max(last, pk)
    closes = PeriodClose.objects.filter(organisation=run.organisation_id).order_by("-through")
    through = closes.values_list("through", flat=True).first()
    return [last, through.isoformat() if through else ""]
