"""For whom alone a programme can be calculated when lines of some partners came in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from headrace.base.models import Organisation
from headrace.earnings.models import Earning
from headrace.engine import programme as engine
from headrace.engine.narrowing import depends_on_others
from headrace.partners.models import Partner, PartnerAttributes, Person
from headrace.sales.models import SalesLine
from headrace.sales.queries import Sellers


@dataclass(frozen=True, slots=True)
class Scope:
    """The partners and the people (keys) whose earnings are worked out; what others earn is left as it stands."""

    partners: frozenset[int]
    people: frozenset[int]

    def as_json(self) -> dict[str, list[int]]:
        return {"partners": sorted(self.partners), "people": sorted(self.people)}

    @staticmethod
    def from_json(told: dict[str, Any]) -> Scope:
        return Scope(frozenset(told["partners"]), frozenset(told["people"]))

    def overlaps(self, other: Scope) -> bool:
        return bool(self.partners & other.partners or self.people & other.people)

    def of_earnings(self, earnings: QuerySet[Earning]) -> QuerySet[Earning]:
        """Those of the earnings that are in the scope."""
        return earnings.filter(Q(person=None, partner__in=self.partners) | Q(person__in=self.people))

    def recipients(self) -> frozenset[tuple[str, str]]:
        """Everyone in the scope as (to, code), as the engine names recipients."""
        partners = Partner.objects.filter(pk__in=self.partners).values_list("code", flat=True)
        people = Person.objects.filter(pk__in=self.people).values_list("code", flat=True)
        return frozenset([*(("partner", code) for code in partners), *(("person", code) for code in people)])


def may_be_narrowed(programme: engine.Programme) -> bool:
    """Whether what some earn can be worked out from their own sales, without those of all others."""
    # A split lets what one person sold at several partners reach each of those.
    return not depends_on_others(programme) and not any(rule.splits for rule in programme.rules)


def scope_of(organisation: Organisation, partners: Collection[int]) -> Scope:
    """Whose earnings lines of the partners may change: theirs, their people's, and those of whoever stands above."""
    held = PartnerAttributes.objects.filter(organisation=organisation, partner__in=partners)
    above = {key for pair in held.values_list("parent", "distributor") for key in pair if key is not None}
    lines = SalesLine.objects.filter(organisation=organisation, partner__in=partners)
    people = set(lines.exclude(person=None).values_list("person", flat=True).distinct())
    people |= set(Person.objects.filter(partner__in=partners).values_list("pk", flat=True))
    return Scope(frozenset({*partners, *above}), frozenset(people))


def sellers_of(organisation: Organisation, scope: Scope) -> Sellers:
    """Whose lines decide what the scope earns: its own, and those of the partners below it."""
    held = PartnerAttributes.objects.filter(organisation=organisation)
    below = held.filter(Q(parent__in=scope.partners) | Q(distributor__in=scope.partners))
    return Sellers({*scope.partners, *below.values_list("partner", flat=True)}, scope.people)
