"""What the distributors buy from the brand so that they can deliver, and what comes back from customers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from headrace.demo.lines import DIRECT, Line, Numbers, net_unit_cents
from headrace.demo.market import CLOSED, World
from headrace.demo.partners import Partner

DISTRIBUTOR_DISCOUNT_PERMILLE = 430
LINES_OF_A_LOT = 5  # a lot serves about so many lines
RETURNS_PERMILLE = 25
DAYS_TO_RETURN = range(3, 41)


def restock(sold: Sequence[Line], world: World, random: Random, numbers: Numbers) -> list[Line]:
    """Each distributor orders once a week what ran short, in lots; so sell-in follows what was sold on."""
    lots = _lots(sold)
    stock = {key: random.randrange(lot) for key, lot in lots.items()}
    distributors = [partner for partner in world.partners if partner.type == "Distributor"]
    weekday = {partner.id: _order_day(partner, number) for number, partner in enumerate(distributors)}
    wanted: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for line in sold:
        key = line.source, line.product
        if line.source == DIRECT:
            continue
        stock[key] -= line.quantity
        if stock[key] < 0:
            pieces = lots[key] * (-stock[key] // lots[key] + 1)
            stock[key] += pieces
            day = line.on + timedelta(days=(weekday[line.source] - line.on.weekday()) % 7)
            while (day.month, day.day) in CLOSED:
                day += timedelta(days=7)
            wanted[day, line.source][line.product] += pieces
    return list(_orders(wanted, world, random, numbers))


def _order_day(distributor: Partner, number: int) -> int:
    """The weekday on which a distributor orders, spread over the days its country works."""
    days = [day for day in range(7) if day not in distributor.country.weekend]
    return days[number % len(days)]


def _lots(sold: Sequence[Line]) -> dict[tuple[str, str], int]:
    """Pieces in a lot, by distributor and product; larger ones in fives and tens."""
    demand: Counter[tuple[str, str]] = Counter()
    lines: Counter[tuple[str, str]] = Counter()
    for line in sold:
        demand[line.source, line.product] += line.quantity
        lines[line.source, line.product] += 1
    lots = {}
    for key, pieces in demand.items():
        lot = pieces * LINES_OF_A_LOT // lines[key]
        step = 10 if lot >= 50 else 5 if lot >= 10 else 1
        lots[key] = lot - lot % step
    return lots


def _orders(
    wanted: dict[tuple[date, str], Counter[str]], world: World, random: Random, numbers: Numbers
) -> Iterator[Line]:
    products = {product.id: product for product in world.products}
    for (day, distributor), basket in sorted(wanted.items()):
        if day > world.timeline.today:
            continue
        order = numbers.next(DIRECT, day)
        for position, (product_id, pieces) in enumerate(sorted(basket.items()), start=1):
            listed = products[product_id].list_cents_on(day, world.timeline.today)
            unit = net_unit_cents(listed, DISTRIBUTOR_DISCOUNT_PERMILLE + random.randrange(-2, 5) * 5)
            yield Line(
                source=DIRECT,
                order=order,
                position=position,
                on=day,
                partner=distributor,
                person="",
                customer="",
                product=product_id,
                quantity=pieces,
                net_cents=pieces * unit,
                list_cents=pieces * listed,
                flow="sell_in",
            )


def take_back(sold: Sequence[Line], world: World, random: Random, numbers: Numbers) -> list[Line]:
    """Some lines come back, whole or in part, on a credit note that names the line it takes back."""
    weekends = {partner.id: partner.country.weekend for partner in world.partners}
    returned = []
    for line in random.sample(sold, len(sold) * RETURNS_PERMILLE // 1000):
        on = line.on + timedelta(days=random.choice(DAYS_TO_RETURN))
        while on.weekday() in weekends[line.partner] or (on.month, on.day) in CLOSED:
            on += timedelta(days=1)
        if on <= world.timeline.today:
            returned.append((on, line))
    return [_credit(line, on, random, numbers) for on, line in sorted(returned)]


def _credit(line: Line, on: date, random: Random, numbers: Numbers) -> Line:
    pieces = line.quantity if random.randrange(5) < 3 else random.randint(1, line.quantity)
    return line._replace(
        order=numbers.next(line.source, on, "CN"),
        position=1,
        on=on,
        quantity=-pieces,
        net_cents=-pieces * (line.net_cents // line.quantity),
        list_cents=-pieces * (line.list_cents // line.quantity),
        returns=line.id,
    )
