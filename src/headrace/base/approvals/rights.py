"""Four eyes: who may decide what, in which role or for whom, and in words why not.

A person is known by their mailbox: two accounts of one address, or of one with a `+tag`, are one person. Whoever
asked may not decide, neither for themself nor for another. A role counts only where neither its holder nor one who
asked gave it; one given after the asking counts only where a third person gave it, who has not decided here either.
Whoever is away lends their own right and no more: not one that was lent to them, and not to one who asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base.models import ApprovalRequest, ApprovalStep, Delegation, Role, RoleGrant, User


@dataclass(frozen=True, slots=True)
class Right:
    """By what a person may decide: a role that was granted (or being named in person), their own or a lent one."""

    grant: RoleGrant | None
    delegation: Delegation | None = None


@dataclass(frozen=True, slots=True)
class Voter:
    """A person with the roles they hold and the rights lent to them today."""

    user: User
    grants: tuple[RoleGrant, ...]
    delegations: tuple[Delegation, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A request as far as it says who may decide: its open step, who asked, and who decided already."""

    request: ApprovalRequest
    step: ApprovalStep
    askers: tuple[User, ...]
    decided: tuple[User, ...]


def mailbox_of(user: User) -> str:
    """What two accounts of one person have in common: anna+2@acme.example is anna@acme.example."""
    local, _at, domain = user.email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def voter_of(user: User) -> Voter:
    """The person as the database knows them at this moment, locked against a role being revoked meanwhile."""
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return voters([fresh], lock=True)[0]


def voters(users: Iterable[User], *, lock: bool = False) -> list[Voter]:
    """People with their roles and what was lent to them; in three queries, however many they are."""
    people = list(users)
    open_grants = RoleGrant.objects.filter(revoked_at=None).select_related("granted_by").order_by("pk")
    held = open_grants.filter(user__in=people)
    grants = list(held.select_for_update(of=("self",), no_key=True) if lock else held)
    lent = (
        Delegation.objects.filter(delegate__in=people, revoked_at=None)
        .select_related("delegator", "organisation")
        .prefetch_related(Prefetch("delegator__role_grants", open_grants, to_attr="open_grants"))
        .order_by("pk")
    )
    delegations = [one for one in lent if is_current(one)]
    return [
        Voter(
            user,
            tuple(grant for grant in grants if grant.user_id == user.pk),
            tuple(one for one in delegations if one.delegate_id == user.pk),
        )
        for user in people
    ]


def is_current(delegation: Delegation, now: datetime | None = None) -> bool:
    """Whether it holds today, by the organisation's own clock."""
    today = (now or timezone.now()).astimezone(ZoneInfo(delegation.organisation.time_zone)).date()
    return delegation.revoked_at is None and delegation.starts_on <= today <= delegation.ends_on


def right_of(voter: Voter, standing: Standing) -> Right:
    """By what the person may decide the open step. Raises ValidationError that says why they may not."""
    user, step = voter.user, standing.step
    _check_person(user, standing)
    if (right := _own_right(user, voter.grants, standing)) is not None:
        return right
    lent = next(_lent_rights(voter, standing), None)
    if lent is not None:
        return lent
    if any(grant.role in roles_of(step) for grant in voter.grants):
        raise ValidationError(
            _(
                "Your role was given to you by someone who asked for this or decided on it, by yourself, or by "
                "nobody known after it was asked for. Somebody whose role was given otherwise has to decide."
            ),
            code="role",
        )
    raise ValidationError(
        _("This waits for %(who)s; you are not among them.") % {"who": told_step(step)}, code="not_entitled"
    )


def may_decide(voter: Voter, standing: Standing) -> bool:
    try:
        right_of(voter, standing)
    except ValidationError:
        return False
    return True


def _check_person(user: User, standing: Standing) -> None:
    if user.organisation_id != standing.request.organisation_id or not user.is_active:
        raise ValidationError(_("This account may decide nothing here."), code="account")
    if _is_one_of(user, standing.askers):
        raise ValidationError(_("You asked for this yourself; somebody else has to decide."), code="own")
    if _is_one_of(user, standing.decided):
        raise ValidationError(
            _("You have decided on this already, or somebody has for you; each person decides once."),
            code="twice",
        )


def _own_right(user: User, grants: Iterable[RoleGrant], standing: Standing) -> Right | None:
    if standing.step.person_id == user.pk:
        return Right(None)
    roles = roles_of(standing.step)
    return next((Right(grant) for grant in grants if grant.role in roles and counts(grant, standing)), None)


def _lent_rights(voter: Voter, standing: Standing) -> Iterator[Right]:
    """The rights of those who are away: whoever may not decide themself has none to lend."""
    if not voter.grants:  # whoever left the brand's side stands in for nobody
        return
    for delegation in voter.delegations:
        delegator = delegation.delegator
        if mailbox_of(delegator) == mailbox_of(voter.user):
            continue
        try:
            _check_person(delegator, standing)
        except ValidationError:
            continue
        own = _own_right(delegator, delegator.open_grants, standing)  # type: ignore[attr-defined]
        if own is not None:
            yield Right(own.grant, delegation)


def counts(grant: RoleGrant, standing: Standing) -> bool:
    """Whether the role was given by somebody who has no hand in this request."""
    giver = grant.granted_by
    if giver is None:  # at the founding, or by who runs the machine: not while something waits for it
        return grant.granted_at <= standing.request.requested_at
    if giver.pk == grant.user_id or _is_one_of(giver, standing.askers):
        return False
    return grant.granted_at <= standing.request.requested_at or not _is_one_of(giver, standing.decided)


def roles_of(step: ApprovalStep) -> set[str]:
    """The roles that may decide a step: its own, and once it is escalated the next one too."""
    roles = {step.role, step.escalates_to if step.escalated_at else ""}
    return roles - {""}


def told_step(step: ApprovalStep) -> str:
    """Whom a step waits for, in the reader's language."""
    names = [str(Role(role).label) for role in sorted(roles_of(step))]
    if step.person is not None:
        names.insert(0, step.person.name)
    return " / ".join(names)


def _is_one_of(user: User, others: Collection[User]) -> bool:
    return mailbox_of(user) in {mailbox_of(other) for other in others}


def deciders(standing: Standing) -> list[User]:
    """Everybody who may decide the open step now, by name."""
    today, step = timezone.now().date(), standing.step
    entitled = Q(role_grants__role__in=roles_of(step), role_grants__revoked_at=None) | Q(pk=step.person_id)
    of_organisation = User.objects.filter(organisation=standing.request.organisation_id, is_active=True)
    own = of_organisation.filter(entitled)
    standing_in = Q(delegations_held__delegator__in=own, delegations_held__revoked_at=None)
    # A day more on each side: by which clock it is one is looked at below.
    standing_in &= Q(delegations_held__starts_on__lte=today + timedelta(days=1))
    standing_in &= Q(delegations_held__ends_on__gte=today - timedelta(days=1))
    asked = of_organisation.filter(Q(pk__in=own) | standing_in).distinct().order_by("name", "pk")
    return [voter.user for voter in voters(asked) if may_decide(voter, standing)]
