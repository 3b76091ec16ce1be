"""The people of the demo to sign in as."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headrace.base import audit
from headrace.base.models import Organisation, Role, RoleGrant, User
from headrace.demo.brands import Brand
from headrace.earnings.models import Earning, Progress
from headrace.partners.actions import PersonRow, import_people
from headrace.partners.models import Partner, PartnerAttributes, Person, PersonRole


@dataclass(frozen=True, slots=True)
class Part:
    """Who the demo signs in as: the name before the @, and a full name where the data have none."""

    name: str
    full_name: str
    title: Promise
    role: str


MANAGER = Part("manager", "Katrin Vogt", _("Channel manager"), Role.CHANNEL_MANAGER)
APPROVER = Part("approver", "Paolo Ferri", _("Approver"), Role.APPROVER)
FINANCE = Part("finance", "Nadia Haddad", _("Finance"), Role.FINANCE)
OWNER = Part("owner", "Alex Morgan", _("Partner owner"), PersonRole.OWNER)
SALESPERSON = Part("salesperson", "Sam Rivera", _("Partner salesperson"), PersonRole.SALESPERSON)
RIVAL = Part("rival", "Robin Clarke", _("Owner of a rival partner"), PersonRole.OWNER)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person to sign in as."""

    part: Part
    user: User
    partner: Partner | None = None


@transaction.atomic
def found_organisation(brand: Brand) -> Organisation:
    """The brand's organisation, made where it isn't there."""
    organisation, new = Organisation.objects.get_or_create(
        code=brand.code, defaults={"name": brand.name, "currency": brand.currency}
    )
    if new:
        subject = f"organisation:{organisation.pk}"
        audit.record(organisation=organisation, action="organisation.found", subject=subject)
    return organisation


@transaction.atomic
def cast_staff(organisation: Organisation, part: Part, password: str) -> Actor:
    """A person of the brand with the role of the part."""
    user = _user(organisation, part, part.full_name, password)
    if not user.has_role(part.role):
        RoleGrant.objects.create(organisation=organisation, user=user, role=part.role)
        audit.record(
            organisation=organisation, action="role.grant", subject=f"user:{user.pk}", role=part.role
        )
    return Actor(part, user)


@transaction.atomic
def cast_partners(organisation: Organisation, password: str) -> list[Actor]:
    """Owner and salesperson of one partner, and the owner of a rival in the same country.

    Once cast they stay, whatever is earned later.
    """
    parts = (OWNER, SALESPERSON, RIVAL)
    people = {part: Person.objects.filter(user__email=_email(organisation, part)).first() for part in parts}
    if None in people.values():
        partner, rival = _partner_and_rival(organisation)
        people = {part: _person(organisation, part, rival if part is RIVAL else partner) for part in parts}
    return [_actor(organisation, part, person, password) for part, person in people.items() if person]


def _partner_and_rival(organisation: Organisation) -> tuple[Partner, Partner]:
    """Of the partners with a band still to reach, the one that earned most often; the next in its country."""
    earned = (
        Earning.objects.filter(organisation=organisation, corrected_by=None, amount_minor__gt=0)
        .values("partner")
        .annotate(programmes=Count("programme", distinct=True), times=Count("pk"))
        .order_by("-programmes", "-times", "partner")
    )
    ranked = [row["partner"] for row in earned]
    climbing = set(
        Progress.objects.filter(organisation=organisation, person=None).values_list("partner", flat=True)
    )
    chosen = next((partner for partner in ranked if partner in climbing), ranked[0])
    countries = dict(
        PartnerAttributes.objects.filter(organisation=organisation, valid_to=None).values_list(
            "partner", "country"
        )
    )
    ranked.remove(chosen)
    neighbours = [other for other in ranked if countries.get(other) == countries.get(chosen)]
    return Partner.objects.get(pk=chosen), Partner.objects.get(pk=(neighbours or ranked)[0])


def _person(organisation: Organisation, part: Part, partner: Partner) -> Person:
    """The partner's person for the part: the one who earned most often; made where the data have none."""
    people = Person.objects.filter(partner=partner, role=part.role, user=None)
    found = people.annotate(times=Count("earnings")).order_by("-times", "code").first()
    if found is not None:
        return found
    row = PersonRow(
        code=f"{partner.code}-{part.name}", name=part.full_name, partner=partner.code, role=part.role
    )
    import_people(organisation=organisation, rows=[row])
    return Person.objects.get(organisation=organisation, code=row.code)


def _actor(organisation: Organisation, part: Part, person: Person, password: str) -> Actor:
    user = _user(organisation, part, person.name, password)
    if person.user_id != user.pk:
        person.user = user
        person.save(update_fields=["user"])
        audit.record(
            organisation=organisation, action="person.sign_up", subject=f"person:{person.pk}", user=user
        )
    return Actor(part, user, person.partner)


def _user(organisation: Organisation, part: Part, full_name: str, password: str) -> User:
    """The user of the part; the password is set to the printed one, whatever it was."""
    email = _email(organisation, part)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, organisation=organisation, name=full_name)
        audit.record(organisation=organisation, action="user.create", subject=f"user:{user.pk}")
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record(organisation=organisation, action="user.set_password", subject=f"user:{user.pk}")
    return user


def _email(organisation: Organisation, part: Part) -> str:
    return f"{part.name}@{organisation.code}.example"
