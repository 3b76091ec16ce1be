"""Who may see which dispute. Another's is a 404."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import for_roles, user_of
from headrace.base.models import Role
from headrace.disputes.models import Comparison, Dispute, DisputeProof
from headrace.partners.models import Person

SETTLERS = (Role.CHANNEL_MANAGER, Role.APPROVER, Role.FINANCE)
for_settlers = for_roles(*SETTLERS)
WITH_ALL = (
    "organisation",
    "partner",
    "person__user",
    "programme",
    "earning__run__snapshot",
    "earning__version",
    "earning__person",
    "earning__partner",
    "assigned_to",
    "decided_by",
)

# What a programme is called is in its versions.
VERSIONS = "programme__versions"


def disputes_of_person(person: Person) -> QuerySet[Dispute]:
    """An owner sees those of all of the partner; anyone else their own."""
    disputes = Dispute.objects.filter(partner=person.partner).select_related(*WITH_ALL)
    disputes = disputes.prefetch_related(VERSIONS)
    return disputes if person.is_owner else disputes.filter(person=person)


def get_own_dispute(person: Person, pk: int) -> Dispute:
    return get_object_or_404(disputes_of_person(person), pk=pk)


def get_own_evidence(person: Person, pk: int) -> DisputeProof:
    return get_object_or_404(DisputeProof, dispute__in=disputes_of_person(person), pk=pk)


def comparisons_of_person(person: Person) -> QuerySet[Comparison]:
    """Those that someone made: what is in them may be all that the partner sold."""
    made = Comparison.objects.filter(person=person).prefetch_related(VERSIONS)
    return made.select_related("organisation", "partner", "person", "programme")


def get_own_comparison(person: Person, pk: int) -> Comparison:
    return get_object_or_404(comparisons_of_person(person), pk=pk)


def get_dispute(request: HttpRequest, pk: int) -> Dispute:
    """A dispute at the organisation of the person who asks."""
    disputes = Dispute.objects.select_related(*WITH_ALL)
    return get_object_or_404(disputes, pk=pk, organisation_id=user_of(request).organisation_id)


def get_evidence(request: HttpRequest, pk: int) -> DisputeProof:
    return get_object_or_404(DisputeProof, pk=pk, organisation_id=user_of(request).organisation_id)
