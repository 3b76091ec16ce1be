"""Who may see which claim and which proof. Another's is a 404."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import for_roles, user_of
from headrace.base.models import Role
from headrace.claims.models import ClaimProof, SaleClaim
from headrace.partners.models import Person

for_deciders = for_roles(Role.CHANNEL_MANAGER, Role.APPROVER)
WITH_ALL = ("organisation", "partner", "person", "product", "decided_by")


def claims_of_person(person: Person) -> QuerySet[SaleClaim]:
    """An owner sees those of all of the partner; anyone else their own."""
    claims = SaleClaim.objects.filter(partner=person.partner).select_related(*WITH_ALL)
    return claims if person.is_owner else claims.filter(person=person)


def get_own_claim(person: Person, pk: int) -> SaleClaim:
    return get_object_or_404(claims_of_person(person), pk=pk)


def get_withdrawable_claim(person: Person, pk: int) -> SaleClaim:
    """A claim of one's own: an owner can't take those of others back."""
    return get_object_or_404(claims_of_person(person).filter(person=person), pk=pk)


def get_own_proof(person: Person, pk: int) -> ClaimProof:
    return get_object_or_404(ClaimProof, claim__in=claims_of_person(person), pk=pk)


def get_claim(request: HttpRequest, pk: int) -> SaleClaim:
    """A claim at the organisation of the person who asks."""
    claims = SaleClaim.objects.select_related(*WITH_ALL)
    return get_object_or_404(claims, pk=pk, organisation_id=user_of(request).organisation_id)


def get_proof(request: HttpRequest, pk: int) -> ClaimProof:
    return get_object_or_404(ClaimProof, pk=pk, organisation_id=user_of(request).organisation_id)
