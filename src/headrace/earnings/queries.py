"""Reads shaped for the screens. Costs and earnings are sums of the published differences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from headrace.base.models import Organisation
from headrace.earnings.models import Earning, Run
from headrace.engine.calendars import period_of
from headrace.engine.programme import Calendar, Every
from headrace.kernel.period import Period
from headrace.ledger.models import Transfer
from headrace.partners.models import Partner, PartnerAttributes, Person
from headrace.programmes.models import Programme

MONTHS_SHOWN = 12
ALWAYS = Period(date.min, date.max)


@dataclass(frozen=True)
class Total:
    """A sum of minor units of one unit."""

    unit: str
    amount_minor: int


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme with what it cost so far and how many partners earned by it."""

    programme: Programme
    totals: list[Total]
    partners: int
    calculated_at: object


@dataclass(frozen=True)
class PartnerLine:
    """A partner with what it and its people earned, and what is known of it today."""

    partner: Partner
    totals: list[Total]
    attributes: PartnerAttributes | None


@dataclass(frozen=True)
class Change:
    """What publishing a run changed: how many earnings, and by how much in each unit."""

    run: Run
    earnings: int
    totals: list[Total]


def standing(earnings: QuerySet[Earning]) -> QuerySet[Earning]:
    """The newest row of each chain, without those that came to nothing."""
    return (
        earnings.filter(corrected_by=None)
        .exclude(amount_minor=0)
        .select_related("programme", "version", "partner", "person")
        .order_by("-period_to", "-amount_minor", "key")
    )


def totals(earnings: QuerySet[Earning]) -> list[Total]:
    """What the earnings come to, unit by unit, the largest first."""
    rows = earnings.order_by().values("unit").annotate(total=Sum("delta_minor"))
    return [Total(row["unit"], row["total"]) for row in rows.order_by("-total") if row["total"]]


def programme_lines(organisation: Organisation) -> list[ProgrammeLine]:
    """Every programme of the organisation, in the order of their keys."""
    earnings = Earning.objects.filter(organisation=organisation).order_by()
    sums = earnings.values("programme_id", "unit").annotate(total=Sum("delta_minor"))
    partners = dict(
        earnings.values_list("programme_id").annotate(partners=Count("partner_id", distinct=True))
    )
    lines = []
    for programme in (
        organisation.programmes.prefetch_related("versions")
        .annotate(calculated_at=Max("runs__published_at"))
        .order_by("key")
    ):
        lines.append(
            ProgrammeLine(
                programme,
                [
                    Total(s["unit"], s["total"])
                    for s in sums
                    if s["programme_id"] == programme.pk and s["total"]
                ],
                partners.get(programme.pk, 0),
                programme.calculated_at,
            )
        )
    return lines


def months_until(last: date, count: int = MONTHS_SHOWN) -> list[date]:
    """The first days of the `count` months that end with the month of `last`, in order."""
    number = last.year * 12 + last.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def cost_by_month(earnings: QuerySet[Earning], unit: str, months: list[date]) -> list[int]:
    """Minor units posted in each of the months (named by their first days)."""
    rows = (
        earnings.order_by()
        .filter(unit=unit, occurred_on__gte=months[0])
        .values(month=TruncMonth("occurred_on"))
        .annotate(total=Sum("delta_minor"))
    )
    found = {row["month"]: row["total"] for row in rows}
    return [found.get(month, 0) for month in months]


def top_partners(earnings: QuerySet[Earning], unit: str, count: int = 10) -> list[tuple[Partner, int]]:
    """The partners that earned most of a unit, with how much."""
    rows = (
        earnings.order_by()
        .filter(unit=unit)
        .values("partner_id")
        .annotate(total=Sum("delta_minor"))
        .filter(total__gt=0)
        .order_by("-total", "partner_id")[:count]
    )
    partners = Partner.objects.in_bulk([row["partner_id"] for row in rows])
    return [(partners[row["partner_id"]], row["total"]) for row in rows]


def quarter_of(day: date) -> Period:
    """The calendar quarter a day lies in."""
    return period_of(day, Every("quarter"), Calendar(), ALWAYS) or Period(day, day)


def latest_changes(organisation: Organisation, count: int) -> list[Change]:
    """The newest published runs that changed an earning, the newest first."""
    runs = list(
        Run.objects.filter(organisation=organisation, published_at__isnull=False, earnings__isnull=False)
        .distinct()
        .select_related("programme", "published_by")
        .prefetch_related("programme__versions")
        .order_by("-published_at", "-pk")[:count]
    )
    sums = (
        Earning.objects.filter(run__in=runs)
        .order_by("unit")
        .values("run_id", "unit")
        .annotate(total=Sum("delta_minor"), earnings=Count("pk"))
    )
    found: dict[int, list[Any]] = {}
    for row in sums:
        found.setdefault(row["run_id"], []).append(row)
    return [
        Change(
            run,
            sum(row["earnings"] for row in found[run.pk]),
            [Total(row["unit"], row["total"]) for row in found[run.pk]],
        )
        for run in runs
    ]


def calculated_at(organisation: Organisation) -> datetime | None:
    """When the newest published calculation was made; None before the first."""
    published = Run.objects.filter(organisation=organisation, published_at__isnull=False)
    found: datetime | None = published.aggregate(newest=Max("calculated_at"))["newest"]
    return found


def totals_by_partner(partners: Iterable[Partner], today: date) -> list[PartnerLine]:
    """Each of the partners with its totals and what holds of it today, in the order given."""
    partners = list(partners)
    sums = (
        Earning.objects.filter(partner__in=partners)
        .order_by("unit")
        .values("partner_id", "unit")
        .annotate(total=Sum("delta_minor"))
    )
    found: dict[int, list[Total]] = {}
    for row in sums:
        if row["total"]:
            found.setdefault(row["partner_id"], []).append(Total(row["unit"], row["total"]))
    known = attributes_on(partners, today)
    return [PartnerLine(partner, found.get(partner.pk, []), known.get(partner.pk)) for partner in partners]


def attributes_on(partners: Iterable[Partner], day: date) -> dict[int, PartnerAttributes]:
    """What holds of partners on a day, by the partner's id."""
    holds = PartnerAttributes.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_to=None) | Q(valid_to__gte=day),
        partner__in=list(partners),
    )
    return {one.partner_id: one for one in holds.select_related("distributor")}


def earned_between(earnings: QuerySet[Earning], starts: date, ends: date) -> list[Total]:
    """What was posted on the days from `starts` to `ends`, unit by unit."""
    return totals(earnings.filter(occurred_on__range=(starts, ends)))


def earnings_of_partner(partner: Partner) -> QuerySet[Earning]:
    """What the partner and its people earned."""
    return Earning.objects.filter(partner=partner)


def earnings_of_person(person: Person) -> QuerySet[Earning]:
    """What a person of a partner may see: an owner all of the partner, a salesperson its own."""
    if person.is_owner:
        return Earning.objects.filter(partner=person.partner)
    return Earning.objects.filter(person=person)


def transfer_of(earning: Earning) -> Transfer:
    """What posted this row of an earning to the ledger."""
    return Transfer.objects.get(organisation=earning.organisation_id, key=earning.transfer_key)
