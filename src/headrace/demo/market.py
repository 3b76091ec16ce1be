"""Three years of sales of the demo brand, order by order, as distributors and the brand report them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from headrace.demo.catalogue import Product
from headrace.demo.lines import DIRECT, Draw, Line, Numbers, net_unit_cents
from headrace.demo.partners import LARGE, Customer, Partner, Person, value_on
from headrace.demo.timeline import Timeline

MONTHS = (84, 88, 106, 107, 112, 109, 97, 82, 110, 113, 110, 86)  # business by month, January first
CLOSED = {(1, 1), (12, 24), (12, 25), (12, 26), (12, 31)}
GROWTH_PERMILLE = 55  # of the market, a year
LINES_OF_ORDER = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7)
FLOW = {"Reseller": "sell_through", "Dealer": "sell_through", "Retailer": "sell_out", "Agent": "sell_in"}
DISCOUNT = {"Reseller": 290, "Dealer": 250, "Retailer": 60, "Agent": 140}  # permille of the list price
TIER_DISCOUNT = {"Platinum": 45, "Gold": 30, "Silver": 15}
PIECES = (  # up to this list price in EUR, so many pieces a line
    (60, (2, 4, 5, 6, 8, 10, 10, 12, 20, 24)),
    (200, (1, 1, 2, 2, 3, 4, 5, 6, 10)),
    (700, (1, 1, 1, 2, 2, 3, 4)),
    (2_000, (1, 1, 1, 1, 2, 2)),
    (1_000_000, (1, 1, 1, 1, 1, 2)),
)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that sales are drawn from."""

    timeline: Timeline
    products: Sequence[Product]
    partners: Sequence[Partner]
    people: Sequence[Person]
    customers: Sequence[Customer]


class Market:
    """Draws the orders that partners won; the distributors' own buying follows from them in `restock`."""

    def __init__(self, world: World, random: Random, numbers: Numbers) -> None:
        self.world, self.random, self.numbers = world, random, numbers
        self.sellers = [partner for partner in world.partners if partner.type != "Distributor"]
        self.staff = _staff(world.people)
        self.regulars = _regulars(world.customers, self.sellers, random)
        self.open_sellers: dict[tuple[date, int], Draw[Partner]] = {}
        self.ranges: dict[tuple[date, str, str], Draw[Product]] = {}

    def lines(self, count: int) -> Iterator[Line]:
        """About `count` lines in the order of their days."""
        days = self.world.timeline.days()
        weights = [self._business(day) for day in days]
        total, reached, sold = sum(weights), 0, 0
        for day, weight in zip(days, weights, strict=True):
            reached += weight
            while sold * total < count * reached:
                order = self._order(day)
                sold += len(order)
                yield from order

    def _business(self, day: date) -> int:
        """Weight of that day: season, growth, who is open, and the push before a quarter ends."""
        if (day.month, day.day) in CLOSED:
            return 0
        growth = 365_000 + GROWTH_PERMILLE * (day - self.world.timeline.start).days
        push = 135 if day.month % 3 == 0 and day.day >= 24 else 100
        return self._sellers_on(day).total * MONTHS[day.month - 1] * growth * push

    def _sellers_on(self, day: date) -> Draw[Partner]:
        key = month, weekday = day.replace(day=1), day.weekday()
        if key not in self.open_sellers:
            start = self.world.timeline.start
            weights = [partner.size_on(month, start) * _open(partner, weekday) for partner in self.sellers]
            self.open_sellers[key] = Draw(self.sellers, weights)
        return self.open_sellers[key]

    def _range_of(self, day: date, climate: str, kind: str) -> Draw[Product]:
        key = month, _, _ = day.replace(day=1), climate, kind
        if key not in self.ranges:
            products = self.world.products
            self.ranges[key] = Draw(
                products, [item.demand(month, climate) * _fit(item, kind) for item in products]
            )
        return self.ranges[key]

    def _order(self, on: date) -> list[Line]:
        random = self.random
        partner = self._sellers_on(on).pick(random)
        source = value_on(partner.distributors, on) or DIRECT
        order = self.numbers.next(source, on)
        person = "" if random.randrange(100) < 6 else random.choice(self.staff[partner.id])
        customer = "" if partner.type == "Retailer" else self._customer(partner, on)
        discount = DISCOUNT[partner.type] + TIER_DISCOUNT.get(value_on(partner.tiers, on), 0)
        choice = self._range_of(on, partner.country.climate, partner.type)
        picked = [choice.pick(random) for _ in range(random.choice(LINES_OF_ORDER))]
        lines = []
        for position, product in enumerate({product.id: product for product in picked}.values(), start=1):
            quantity = _pieces(product, partner, random)
            listed = product.list_cents_on(on, self.world.timeline.today)
            unit = net_unit_cents(listed, discount + min(quantity, 20) * 2 + random.randrange(-4, 9) * 5)
            figures = quantity, quantity * unit, quantity * listed, FLOW[partner.type]
            lines.append(
                Line(source, order, position, on, partner.id, person, customer, product.id, *figures)
            )
        return lines

    def _customer(self, partner: Partner, on: date) -> str:
        """Mostly a regular of the partner; one that was there already on that day."""
        regulars = self.regulars[partner.id]
        customer = regulars.pick(self.random)
        while customer.since > on:
            customer = regulars.pick(self.random)
        return customer.id


def _open(partner: Partner, weekday: int) -> int:
    """Per cent of a full day's business: shops open on Saturdays, others keep the country's weekend."""
    if weekday not in partner.country.weekend:
        return 100
    return 60 if partner.type == "Retailer" and weekday == 5 else 0


def _fit(product: Product, kind: str) -> int:
    """How well a product fits a type of partner, in per cent: shops sell small ones, agents projects."""
    small, large = product.list_cents < 20_000, product.list_cents >= 80_000
    if kind == "Retailer":
        return 3 if large else 180 if small else 60
    if kind == "Agent":
        return 250 if large else 20 if small else 60
    if kind == "Dealer":
        return 150 if product.category in ("Irrigation", "Wells and boreholes") else 80
    return 100


def _pieces(product: Product, partner: Partner, random: Random) -> int:
    choices = next(pieces for euros, pieces in PIECES if product.list_cents <= euros * 100)
    pieces = random.choice(choices)
    if partner.type == "Retailer":
        return min(pieces, 3)
    return pieces * 2 if partner.size >= LARGE and random.randrange(3) == 0 else pieces


def _staff(people: Sequence[Person]) -> dict[str, list[str]]:
    """Who sells at each partner; the owner too where the shop is small."""
    staff: dict[str, list[str]] = defaultdict(list)
    for person in sorted(people, key=lambda person: (person.role == "owner", person.id)):
        if person.role == "salesperson" or len(staff[person.partner]) < 2:
            staff[person.partner].append(person.id)
    return staff


def _regulars(
    customers: Sequence[Customer], sellers: Sequence[Partner], random: Random
) -> dict[str, Draw[Customer]]:
    """Each customer buys from one or two partners of its country; of each, a few buy much."""
    served: dict[str, list[Customer]] = defaultdict(list)
    for country in dict.fromkeys(partner.country.code for partner in sellers):
        here = [item for item in sellers if item.country.code == country and item.type != "Retailer"]
        draw = Draw(here, [partner.size + 300 for partner in here])
        at_home = [customer for customer in customers if customer.country.code == country]
        for customer in at_home:
            for partner_id in {draw.pick(random).id: None for _ in range(random.choice((1, 1, 2)))}:
                served[partner_id].append(customer)
        oldest = min(at_home, key=lambda customer: customer.since)
        for partner in here:
            served[partner.id].append(oldest)
    return {key: Draw(own, [1_000 // (rank + 2) for rank in range(len(own))]) for key, own in served.items()}
