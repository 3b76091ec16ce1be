"""Verbs of budgets: propose a plan of allocations; it is in force once others have agreed (approval kind "budget")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base import audit, formats
from headrace.base.approvals.actions import ask_for_approval
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.kernel.period import Period
from headrace.ledger.models import AMOUNT_MINOR_MAX
from headrace.partners.models import Partner
from headrace.programmes.budgets.spending import SEGMENT_FIELDS, in_order
from headrace.programmes.models import Allocation, Budget, BudgetVersion, Level, Programme

BUDGET = "budget"
ALERT_AT = (80, 100)


@dataclass(frozen=True, slots=True)
class Share:
    """An allocation as it is proposed: of a partner, of a segment (`field` is `value`), or, without either, the whole.

    `above` is the place in the plan (from 0) of the share that it is part of; a partner's may be part of the
    whole or of a segment.
    """

    limit_minor: int
    is_hard: bool = False
    field: str = ""
    value: str = ""
    partner: Partner | None = None
    above: int | None = 0

    @property
    def level(self) -> Level:
        if self.partner is not None:
            return Level.PARTNER
        return Level.SEGMENT if self.field else Level.ORGANISATION

    @property
    def name(self) -> str:
        """As a person reads it."""
        if self.partner is not None:
            return self.partner.name
        return self.value or _("the whole programme")


@transaction.atomic
def propose_budget(
    *,
    programme: Programme,
    unit: str,
    period: Period,
    shares: Sequence[Share],
    replaces: BudgetVersion | None = None,
    alert_at: Sequence[int] = ALERT_AT,
    reason: str = "",
    user: User | None = None,
) -> BudgetVersion:
    """A plan for a period, or a change of the one in force (`replaces`); in force once somebody else approved it.

    The first share is the whole. Raises ValidationError where shares exceed what is above them, where the period
    overlaps another budget, or where the version it replaces is not the one in force.
    """
    # All who propose for a programme wait for one another, so that two can't both fit into the same room.
    Programme.objects.select_for_update().get(pk=programme.pk)
    budget = _budget(programme, unit, period)
    in_force = version_in_force(budget)
    if in_force != replaces:
        raise ValidationError(
            _("The budget was changed meanwhile. Look at it as it is now, and propose your change again.")
        )
    _check_shares(programme.organisation, shares, unit)
    version = BudgetVersion.objects.create(
        organisation=programme.organisation,
        budget=budget,
        number=budget.versions.count() + 1,
        replaces=replaces,
        reason=reason,
        alert_at=_thresholds(alert_at),
        proposed_by=user,
    )
    _allocate(version, shares)
    _ask_for_approval(version, shares[0].limit_minor)
    return version


def _ask_for_approval(version: BudgetVersion, limit_minor: int) -> None:
    budget, user = version.budget, version.proposed_by
    audit.record(
        organisation=version.organisation,
        user=user,
        action="budget.propose",
        subject=f"budget:{budget.pk}",
        version=version.number,
    )
    ask_for_approval(
        organisation=version.organisation,
        kind=BUDGET,
        subject=f"budget_version:{version.pk}",
        title=f"{budget.programme.title}, {formats.period(budget.starts, budget.ends)}",
        amount_minor=limit_minor,
        unit=budget.unit,
        seen=seen_of(version),
        requested_by=user,
    )


def _budget(programme: Programme, unit: str, period: Period) -> Budget:
    found = Budget.objects.filter(programme=programme, unit=unit)
    same = found.filter(starts=period.starts, ends=period.ends).first()
    if same is not None:
        return same
    other = found.filter(starts__lte=period.ends, ends__gte=period.starts).first()
    if other is not None:
        raise ValidationError(
            _("There is a budget from %(starts)s to %(ends)s already. Change that one, or choose other days.")
            % {"starts": formats.day(other.starts), "ends": formats.day(other.ends)}
        )
    return Budget.objects.create(
        organisation=programme.organisation,
        programme=programme,
        unit=unit,
        starts=period.starts,
        ends=period.ends,
    )


def version_in_force(budget: Budget) -> BudgetVersion | None:
    return budget.versions.filter(in_force_at__isnull=False, ended_at=None).first()


def _thresholds(alert_at: Sequence[int]) -> list[int]:
    found = sorted(set(alert_at))
    if not all(1 <= percent <= 1000 for percent in found):
        raise ValidationError(_("A threshold is a percentage from 1 to 1000, as 80."))
    return found


def _check_shares(organisation: Organisation, shares: Sequence[Share], unit: str) -> None:
    if not shares or shares[0].level != Level.ORGANISATION or shares[0].above is not None:
        raise ValidationError(_("A budget begins with what the whole programme may cost."))
    sums = [0] * len(shares)
    seen = set()
    for number, share in enumerate(shares):
        _check_share(organisation, shares, number)
        place = (share.field, share.value, share.partner and share.partner.pk)
        if place in seen:
            raise ValidationError(_("“%(name)s” is allocated twice.") % {"name": share.name})
        seen.add(place)
        if share.above is not None:
            sums[share.above] += share.limit_minor
    for share, total in zip(shares, sums, strict=True):
        if total > share.limit_minor:
            raise ValidationError(
                _(
                    "%(below)s is allocated below “%(name)s”, which has %(limit)s. Give less, or raise it first."
                )
                % {
                    "below": formats.money(total, unit),
                    "name": share.name,
                    "limit": formats.money(share.limit_minor, unit),
                }
            )


def _check_share(organisation: Organisation, shares: Sequence[Share], number: int) -> None:
    share = shares[number]
    if not 0 <= share.limit_minor <= AMOUNT_MINOR_MAX:
        raise ValidationError(_("The limit of “%(name)s” is out of bounds.") % {"name": share.name})
    if number == 0:
        return
    if share.above is None or not 0 <= share.above < number:
        raise ValidationError(_("“%(name)s” has to stand below what it is part of.") % {"name": share.name})
    fits = {Level.SEGMENT: {Level.ORGANISATION}, Level.PARTNER: {Level.ORGANISATION, Level.SEGMENT}}
    if shares[share.above].level not in fits.get(share.level, set()):
        raise ValidationError(_("“%(name)s” can’t be part of a partner’s share.") % {"name": share.name})
    if share.field and share.field not in SEGMENT_FIELDS:
        raise ValidationError(
            _("“%(field)s” makes no segments; one of these would be right: %(fields)s.")
            % {"field": share.field, "fields": ", ".join(SEGMENT_FIELDS)}
        )
    if share.partner is not None and share.partner.organisation_id != organisation.pk:
        raise ValidationError(_("There is no such partner."))


def _allocate(version: BudgetVersion, shares: Sequence[Share]) -> None:
    made: list[Allocation] = []
    for share in shares:
        made.append(
            Allocation.objects.create(
                organisation=version.organisation,
                version=version,
                above=None if share.above is None else made[share.above],
                level=share.level,
                field=share.field,
                value=share.value,
                partner=share.partner,
                limit_minor=share.limit_minor,
                is_hard=share.is_hard,
            )
        )


def seen_of(version: BudgetVersion) -> dict[str, Any]:
    """What an approver is shown: the period, and each allocation with its limit."""
    unit = version.budget.unit
    figures: list[dict[str, Any]] = [
        {"label": "programme", "text": version.budget.programme.key},
        {"label": "starts", "on": version.budget.starts.isoformat()},
        {"label": "ends", "on": version.budget.ends.isoformat()},
    ]
    for one, _depth in in_order(version.allocations.select_related("partner")):
        label = f"{one.level}_{'hard' if one.is_hard else 'soft'}"
        name = one.partner.name if one.partner else one.value
        figures.append({"label": label, "params": {"name": name}, "minor": one.limit_minor, "unit": unit})
    if version.reason:
        figures.append({"label": "reason", "text": version.reason})
    return {"figures": figures, "version": version.pk, "replaces": version.replaces_id}


LABELS: dict[str, str | Promise] = {
    "programme": gettext_lazy("Programme"),
    "starts": gettext_lazy("First day"),
    "ends": gettext_lazy("Last day"),
    "reason": gettext_lazy("Reason"),
    "organisation_hard": gettext_lazy("The whole programme, hard limit"),
    "organisation_soft": gettext_lazy("The whole programme, soft limit"),
    "segment_hard": gettext_lazy("%(name)s, hard limit"),
    "segment_soft": gettext_lazy("%(name)s, soft limit"),
    "partner_hard": gettext_lazy("%(name)s, hard limit"),
    "partner_soft": gettext_lazy("%(name)s, soft limit"),
}


def version_of(request: ApprovalRequest) -> BudgetVersion:
    found = BudgetVersion.objects.select_related("budget__programme", "replaces", "organisation")
    return found.get(organisation=request.organisation_id, pk=int(request.subject.partition(":")[2]))


def _approved(request: ApprovalRequest) -> None:
    """Puts the version in force in the place of the one before it."""
    version, now = version_of(request), timezone.now()
    if version.replaces is not None:
        BudgetVersion.objects.filter(pk=version.replaces.pk).update(ended_at=now)
    BudgetVersion.objects.filter(pk=version.pk).update(in_force_at=now)


def _refused(request: ApprovalRequest, reason: str) -> None:
    _lapsed(request)


def _lapsed(request: ApprovalRequest) -> None:
    BudgetVersion.objects.filter(pk=version_of(request).pk).update(refused_at=timezone.now())


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    """None where another version came in force since: what was allocated is not what is there any more."""
    version = version_of(request)
    Programme.objects.select_for_update().get(pk=version.budget.programme_id)
    return seen_of(version) if version_in_force(version.budget) == version.replaces else None


def _address(request: ApprovalRequest) -> str:
    return reverse("console:budget", args=[version_of(request).budget_id])


KIND = ApprovalKind(
    code=BUDGET,
    label=gettext_lazy("Budget"),
    approved=_approved,
    refused=_refused,
    lapsed=_lapsed,
    current=_current,
    labels=LABELS,
    address=_address,
)
