"""Statements and settlements as screens list them, and a statement counted again from the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Sum

from headrace.base.models import Organisation
from headrace.ledger.models import Entry
from headrace.partners.models import Partner, Person
from headrace.payouts.cutting import OWED_STAGES, held_by
from headrace.payouts.models import Settlement, SettlementPayee, Statement
from headrace.programmes.models import Programme


def counted_again(statement: Statement) -> int:
    """The closing balance read anew from the ledger, at the statement's position: in minor units what was owed."""
    entries = Entry.objects.filter(
        held_by(statement),
        organisation_id=statement.organisation_id,
        account__owner=statement.owner,
        account__unit=statement.unit,
        account__stage__in=OWED_STAGES,
    )
    return -int(entries.aggregate(total=Sum("amount_minor"))["total"] or 0)


def statements_of_partner(partner: Partner) -> QuerySet[Statement]:
    """All statements of a partner and its people, the newest first."""
    return (
        Statement.objects.filter(partner=partner)
        .select_related("partner", "person")
        .order_by("-period_to", "number")
    )


def statements_of_person(person: Person) -> QuerySet[Statement]:
    """What a person of a partner may see: an owner all of the partner, a salesperson its own."""
    if person.is_owner:
        return Statement.objects.filter(partner=person.partner).order_by("-period_to", "number")
    return Statement.objects.filter(person=person).order_by("-period_to", "number")


def settlements_of(organisation: Organisation) -> QuerySet[Settlement]:
    """Those that were not dropped, the newest first."""
    found = Settlement.objects.filter(organisation=organisation).exclude(state=Settlement.State.DROPPED)
    return found.select_related("prepared_by").order_by("-period_to", "-pk")


def payees_of(settlement: Settlement, outcome: str = "", text: str = "") -> QuerySet[SettlementPayee]:
    """Who gets how much, the largest first; of one outcome, or those whose name or number holds the text."""
    found = settlement.payees.select_related("partner", "person")
    if outcome:
        found = found.filter(outcome=outcome)
    if text:
        named = Q(partner__name__icontains=text) | Q(partner__code__iexact=text)
        found = found.filter(named | Q(person__name__icontains=text))
    return found.order_by("unit", "-gross_minor", "-carried_minor", "pk")


def totals_of_settlements(settlements: Iterable[Settlement]) -> dict[int, list[tuple[str, int]]]:
    """By settlement what is paid in each unit, in minor units."""
    rows = (
        SettlementPayee.objects.filter(settlement__in=[each.pk for each in settlements])
        .exclude(outcome=SettlementPayee.Outcome.NOT_MONEY)
        .values_list("settlement", "unit")
        .annotate(total=Sum("payable_minor"))
        .order_by("settlement", "unit")
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for settlement, unit, total in rows:
        found.setdefault(settlement, []).append((unit, int(total)))
    return found


def programme_titles(organisation: Organisation) -> dict[str, str]:
    """By the ledger's name of a programme its title in the reader's language."""
    programmes = Programme.objects.filter(organisation=organisation).prefetch_related("versions")
    return {f"programme:{programme.pk}": programme.title for programme in programmes}
