"""The people of the demo to sign in as."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, Sum

from headrace.base import audit
from headrace.base.models import Organisation, Role, RoleGrant, User
from headrace.demo.brands import Brand
from headrace.earnings.models import Earning
from headrace.partners.actions import PersonRow, import_people
from headrace.partners.models import Partner, Person, PersonRole

STAFF = (
    ("manager", "Katrin Vogt", Role.CHANNEL_MANAGER),
    ("approver", "Paolo Ferri", Role.APPROVER),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A row of the table that the demo prints."""

    part: str
    user: User
    partner: Partner | None = None


@transaction.atomic
def found_organisation(brand: Brand) -> Organisation:
    """The brand's organisation, made where it isn't there."""
    organisation, new = Organisation.objects.get_or_create(
        code=brand.code, defaults={"name": brand.name, "currency": brand.currency}
    )
    if new:
        audit.record(organisation=organisation, action="organisation.create", subject=f"organisation:{brand.code}")
    return organisation


def staff(organisation: Organisation, password: str) -> list[Actor]:
    """The channel manager and the approver of the brand."""
    actors = []
    for name, full_name, role in STAFF:
        user = _user(organisation, name, full_name, password)
        _grant(user, role)
        actors.append(Actor(str(role.label), user))
    return actors


def partners_people(organisation: Organisation, password: str) -> list[Actor]:
    """Owner and salesperson of one partner, and the owner of its rival: a partner of the same country.

    The partner is the one with earnings in most programmes and periods, so that its portal has much to show.
    """
    partner, rival = _two_partners(organisation)
    return [
        _actor(organisation, "owner", "Partner owner", partner, PersonRole.OWNER, password),
        _actor(organisation, "salesperson", "Partner salesperson", partner, PersonRole.SALESPERSON, password),
        _actor(organisation, "rival", "Owner of a rival partner", rival, PersonRole.OWNER, password),
    ]
