"""Partners, their people and the end customers of the demo brand."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from headrace.demo.countries import Country, Name, slug
from headrace.demo.timeline import Timeline

PEOPLE = 420
TYPES = ("Distributor", "Reseller", "Dealer", "Retailer", "Agent")
SIZE_OF_TYPE = {"Distributor": 0, "Reseller": 130, "Dealer": 70, "Retailer": 90, "Agent": 75}
TRENDS = (-24, -12, -6, 0, 3, 6, 9, 14, 22, 40)  # per cent a year, beside the growth of the market
LARGE = 2_500  # from this size on a partner neither leaves nor changes its supplier, and changes slowly
TIERS = ((4_000, "Platinum"), (1_700, "Gold"), (650, "Silver"), (0, "Registered"))  # by size, 1000 = average
GROUPS = {"DE": 4, "GB": 3, "FR": 3}  # retailers that belong to the first retailer of their country

Dated = tuple[tuple[date, str], ...]
"""Values with the first day each holds, ascending; the last is open."""


def value_on(values: Dated, on: date) -> str:
    """The value that held on that day; the first one before it began."""
    return values[max(0, bisect_right([since for since, _ in values], on) - 1)][1]


@dataclass(frozen=True, slots=True)
class Partner:
    id: str
    name: Name
    family: Name
    type: str
    country: Country
    city: Name
    parent: str
    joined: date
    left: date | None
    size: int
    """Expected sales on the first day of the data, 1000 = the average partner."""
    trend: int
    tiers: Dated
    distributors: Dated

    def size_on(self, on: date, start: date) -> int:
        """Expected sales on that day; 0 before joining and after leaving."""
        if on < self.joined or (self.left and on > self.left):
            return 0
        return _grown(self.size, self.trend, (on - start).days)


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    partner: str
    name: Name
    role: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    name: Name
    country: Country
    city: Name
    segment: str
    since: date


def _grown(size: int, trend: int, days: int) -> int:
    return max(size // 10, size * (36_500 + trend * days) // 36_500)


def build_partners(countries: Sequence[Country], timeline: Timeline, random: Random) -> list[Partner]:
    sizes = _sizes(countries, random)
    partners: list[Partner] = []
    for country in countries:
        families = random.sample(country.families, sum(country.partners.values()))
        number, distributors, head = 1001, [], ""
        for kind in TYPES:
            for place in range(country.partners.get(kind, 0)):
                partner_id = f"{country.code}-{number}"
                number += 1
                if kind == "Distributor":
                    distributors.append(partner_id)
                if kind == "Retailer" and place == 0:
                    head = partner_id
                inside = kind == "Retailer" and 0 < place < GROUPS.get(country.code, 0)
                partners.append(
                    _partner(
                        partner_id=partner_id,
                        kind=kind,
                        country=country,
                        family=families.pop(),
                        place=place,
                        parent=head if inside else "",
                        distributors=distributors,
                        size=sizes[kind].pop(),
                        timeline=timeline,
                        random=random,
                    )
                )
    return partners


def _sizes(countries: Sequence[Country], random: Random) -> dict[str, list[int]]:
    """Sizes per type after Pareto: the largest fifth sells most."""
    sizes: dict[str, list[int]] = {}
    for kind in TYPES:
        count = sum(country.partners.get(kind, 0) for country in countries)
        curve = [1_000_000 // (rank * rank + 24 * rank + 100) for rank in range(count)]
        average = max(1, sum(curve) // count)
        sizes[kind] = [SIZE_OF_TYPE[kind] * 10 * weight // average for weight in curve]
        random.shuffle(sizes[kind])
    return sizes


def _partner(
    *,
    partner_id: str,
    kind: str,
    country: Country,
    family: Name,
    place: int,
    parent: str,
    distributors: list[str],
    size: int,
    timeline: Timeline,
    random: Random,
) -> Partner:
    patterns = country.firms[kind]
    city = random.choice(country.cities)
    large = size >= LARGE or kind in ("Distributor", "Agent")
    joined, left = _life(large, timeline, random)
    trend = random.choice(TRENDS[2:8] if large else TRENDS)
    return Partner(
        id=partner_id,
        name=patterns[place % len(patterns)].filled(family=family, city=city),
        family=family,
        type=kind,
        country=country,
        city=city,
        parent=parent,
        joined=joined,
        left=left,
        size=size,
        trend=trend,
        tiers=_tiers(size, trend, joined, timeline)
        if kind not in ("Distributor", "Agent")
        else ((joined, ""),),
        distributors=_distributors(kind, large, distributors, joined, timeline, random),
    )


def _life(large: bool, timeline: Timeline, random: Random) -> tuple[date, date | None]:
    """When the partner joined and, for a few small ones, left."""
    before = timeline.start - timedelta(days=random.randrange(120, 5_500))
    chance = random.randrange(100)
    if large or chance >= 13:
        return before, None
    inside = timeline.start + timedelta(
        days=random.randrange(90, (timeline.today - timeline.start).days - 90)
    )
    return (inside, None) if chance < 9 else (before, inside)


def _tiers(size: int, trend: int, joined: date, timeline: Timeline) -> Dated:
    """Reviewed each 1 January, on the size then; a newcomer begins as Registered."""
    first = "Registered" if joined > timeline.start else _tier(size)
    tiers = [(joined, first)]
    for year in range(timeline.start.year, timeline.today.year + 1):
        review = date(year, 1, 1)
        if not max(joined, timeline.start) < review <= timeline.today:
            continue
        tier = _tier(_grown(size, trend, (review - timeline.start).days))
        if tier != tiers[-1][1]:
            tiers.append((review, tier))
    return tuple(tiers)


def _tier(size: int) -> str:
    return next(tier for least, tier in TIERS if size >= least)


def _distributors(
    kind: str, large: bool, distributors: list[str], joined: date, timeline: Timeline, random: Random
) -> Dated:
    """Who supplies the partner; some small ones change supplier once, at the start of a quarter."""
    if kind in ("Distributor", "Agent"):
        return ((joined, ""),)
    first = random.choice(distributors)
    others = [other for other in distributors if other != first]
    change = timeline.quarter(-random.randrange(2, 11))
    if not others or large or random.randrange(8) or change <= joined:
        return ((joined, first),)
    return ((joined, first), (change, random.choice(others)))


def build_people(partners: Sequence[Partner], random: Random) -> list[Person]:
    """One owner for each partner, the rest salespeople, more of them where more is sold."""
    owners = {partner.id: partner for partner in partners}
    sellers = [partner for partner in partners if partner.type != "Distributor"]
    staff = [partner.id for partner in sellers]
    weights = [partner.size + 250 for partner in sellers]
    staff += random.choices(staff, weights, k=PEOPLE - len(owners) - len(staff))
    people: list[Person] = []
    taken: set[str] = set()
    for partner_id, role in [(key, "owner") for key in owners] + [
        (key, "salesperson") for key in sorted(staff)
    ]:
        partner = owners[partner_id]
        while True:
            name = partner.country.person_name(random, partner.family if role == "owner" else None)
            email = f"{slug(name.latin).replace('-', '.')}@{slug(partner.name.latin)}.example"
            if email not in taken:
                break
        taken.add(email)
        people.append(
            Person(f"P{len(people) + 1:04}", partner.id, name, role, email, partner.country.language)
        )
    return people


def build_customers(countries: Sequence[Country], timeline: Timeline, random: Random) -> list[Customer]:
    """End customers; a third of them appear only within the period."""
    customers: list[Customer] = []
    days = (timeline.today - timeline.start).days
    for country in countries:
        names: dict[Name, tuple[Name, str]] = {}
        while len(names) < country.customers:
            segment, pattern = random.choice(country.ends)
            city = random.choice(country.cities)
            name = pattern.filled(family=random.choice(country.families), city=city)
            names.setdefault(name, (city, segment))
        for name, (city, segment) in names.items():
            since = timeline.start + timedelta(days=max(0, random.randrange(-2 * days, days)))
            customers.append(Customer(f"C{len(customers) + 1:05}", name, country, city, segment, since))
    return customers
