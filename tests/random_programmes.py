"""Random programmes and facts over the whole language, for comparing backends.

All choices come from one `random.Random`: a seed names a case for good, and hypothesis can hand in a random
of its own, which it then shrinks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any, TypeVar

Document = dict[str, Any]
Rows = list[dict[str, Any]]
T = TypeVar("T")

PARTNERS = ("p1", "p2", "p3", "p4")
PEOPLE = ("s1", "s2", "s3")
PRODUCTS = ("bike", "helmet", "lamp", "tyre")
CUSTOMERS = ("c1", "c2", "c3")
FIRST_DAY, LAST_DAY = date(2024, 11, 1), date(2027, 2, 28)

AUDIENCES = ('partner.region == "north"', 'partner.country != "US"', 'partner.tier in ["gold", "silver"]')
CONDITIONS: Mapping[str, Sequence[str]] = {
    "any": (
        'partner.region == "north"',
        'partner.region != "north"',
        'partner.tier in ["gold", "silver"]',
        'person.role == "rep"',
        "customer.is_new",
        "not customer.is_new",
        "channel in ['web', 'shop'] and partner.country != \"US\"",
        'on >= "2026-03-15"',
    ),
    "sale": (
        'product.category == "Bikes"',
        'not product.brand in ["A"]',
        'product.brand not in ["A", "B"]',
        'sale.flow == "sell_in"',
        "quantity >= 2",
        "net_amount > 100.5 or quantity == 1",
        "net_amount / quantity > 20",
        "list_amount - net_amount <= 10",
        "-net_amount < 0",
        "1 < quantity <= 3",
    ),
    "deal": ('deal.stage == "won"', "strategic", "amount >= 1000", "not (strategic or amount < 50)"),
    "event": ('event.type == "course.completed"', "value > 1", 'attributes != "x"'),
}

AMOUNTS: Mapping[str, Sequence[str]] = {
    "sale": (
        "sum(net_amount)",
        'sum(net_amount, where product.category == "Bikes")',
        "sum(net_amount) - sum(unit_cost)",
        "sum(list_amount - net_amount)",
        "sum(net_amount - 2.5% * list_amount, where quantity > 0)",
        "avg(net_amount)",
        "max(net_amount)",
        "sum(net_amount) * 2 + 10",
    ),
    "deal": ("sum(amount)", 'sum(amount, where deal.stage == "won")', "avg(amount)"),
    "event": ("sum(value)", "count() * 10"),
}
COUNTS: Mapping[str, Sequence[str]] = {
    "sale": (
        "count()",
        "sum(quantity)",
        "count_distinct(product)",
        "count_distinct(product.category)",
        "count(where quantity > 1)",
        'sum(quantity, where product.brand == "A")',
        "min(quantity)",
        "max(quantity) - min(quantity)",
    ),
    "deal": ("count()", "count_distinct(customer)"),
    "event": ("count()", "sum(value)", "count_distinct(type)"),
}
RATIOS: Mapping[str, Sequence[str]] = {
    "sale": (
        "growth(sum(net_amount), same_period_last_year)",
        "growth(sum(quantity), previous_period)",
        "growth(sum(net_amount), 400)",
        "growth(sum(net_amount), sum(list_amount))",
        "attainment(sum(net_amount), target)",
        'attainment(sum(quantity), target("units"))',
        "sum(net_amount) / sum(list_amount)",
    ),
    "deal": ("growth(sum(amount), previous_period)", "attainment(count(), target)"),
    "event": ("growth(count(), same_period_last_year)", "attainment(sum(value), target)"),
}
INCREASES: Mapping[str, Sequence[str]] = {
    "sale": ("increase(sum(net_amount), same_period_last_year)", "increase(sum(quantity), previous_period)"),
    "deal": ("increase(sum(amount), same_period_last_year)",),
    "event": ("increase(count(), previous_period)",),
}
BOUNDS: Mapping[str, Sequence[str]] = {
    "amount": ("0", "10", "99.99", "250", "500", "1000", "2500"),
    "count": ("0", "1", "2", "3", "5", "8"),
    "ratio": ("0%", "50%", "80%", "100%", "105.5%", "150%", "300%"),
}
LONGER: Mapping[str, Sequence[str]] = {
    "fact": ("month", "quarter", "programme"),
    "order": ("month", "year"),
    "month": ("month", "quarter", "half_year", "year"),
    "quarter": ("half_year", "year", "programme"),
    "half_year": ("half_year", "year"),
    "year": ("year", "programme"),
}
RATES = ("0.5%", "1%", "2.5%", "3.333%", "7%", "0.1", "12.345678%")


@dataclass(frozen=True)
class Choices:
    """Chances and choices, all out of one random."""

    random: Random

    def chance(self, of_ten: int) -> bool:
        return self.random.randrange(10) < of_ten

    def one(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    def several(self, options: Sequence[T], most: int) -> list[T]:
        """From one to `most` different ones, in their order."""
        count = 1 + self.random.randrange(min(most, len(options)))
        picked = sorted(self.random.sample(range(len(options)), count))
        return [options[place] for place in picked]

    def day(self, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
        return first + timedelta(days=self.random.randrange((last - first).days + 1))

    def amount(self, most: int, places: int = 2) -> str:
        whole = self.random.randrange(most * 10**places + 1)
        text = str(whole).rjust(places + 1, "0")
        return f"{text[:-places]}.{text[-places:]}" if places else text


# Documents


def random_document(random: Random) -> Document:
    """A document that is usually valid; what the language refuses is for the caller to leave out."""
    choose = Choices(random)
    document: Document = {
        "programme": "random",
        "currency": choose.one(("EUR", "EUR", "EUR", "JPY", "KWD")),
        "from": choose.one(("2026-01-01", "2026-01-01", "2025-07-01", "2026-02-10")),
    }
    if choose.chance(8):
        document["to"] = choose.one(("2026-12-31", "2026-11-15"))
    if choose.chance(3):
        document["calendar"] = choose.one(
            ({"fiscal": {"starts": "07-01"}}, "4-4-5", {"fiscal": {"starts": "04-06"}})
        )
    if choose.chance(2):
        document["audience"] = {"where": choose.one(AUDIENCES)}
    count = choose.one((1, 1, 1, 2, 3))
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[document["currency"]]
    document["earns"] = [_rule(choose, f"rule{place}", digits) for place in range(count)]
    _add_limits(choose, document, digits)
    _add_relations(choose, document["earns"])
    if choose.chance(2):
        fixed = {"fixed": {"USD": "0.9217", "GBP": "1.15"}}
        document["fx"] = choose.one(("on_date", "period_average", "period_end", fixed))
    return document


def _add_limits(choose: Choices, document: Document, digits: int) -> None:
    if choose.chance(2):
        document["cap"] = {"amount": choose.amount(300, digits)}
        if choose.chance(7):
            document["cap"]["every"] = choose.one(("month", "quarter", "year", "programme"))
    if choose.chance(2):
        document["budget"] = {
            "amount": choose.amount(500, digits),
            "when_spent": choose.one(("stop", "pro_rata")),
        }
    if choose.chance(1):
        document["new_customer_months"] = str(choose.one((1, 6, 24)))


def _add_relations(choose: Choices, rules: Rows) -> None:
    """Deductions and sets of which the best pays, between rules that can have them."""
    for before, rule in pairwise(rules):
        if choose.chance(3) and before["facts"] == rule["facts"] == "sale" and before["pays"] == "money":
            rule |= {
                "to": before["to"],
                "deduct": [before["key"]],
                "base": "sum(net_amount)",
                "pays": "money",
            }
            rule["scale"] = {"mode": "flat", "rate": choose.one(RATES)}
            rule.pop("without_baseline", None)
        elif choose.chance(3):
            shared = ("facts", "to", "every", "pays", "where", "by", "returns")
            scale = {"mode": "flat", "amount": str(choose.one((1, 2, 5)))}
            key = rule["key"]
            rule.clear()
            rule |= {name: before[name] for name in shared if name in before}
            rule |= {"key": key, "scale": scale, "best_of": "set"}
            before["best_of"] = "set"


def _rule(choose: Choices, key: str, digits: int) -> Document:
    facts = choose.one(("sale", "sale", "sale", "sale", "deal", "event"))
    rule: Document = {
        "key": key,
        "facts": facts,
        "to": choose.one(
            ("partner", "partner", "partner", "person", "partner.parent", "partner.distributor")
        ),
        "every": _every(choose, facts),
        "pays": choose.one(
            ("money",) * 6 + ("points", {"points": "stars"}, {"fund": "co-op"}, {"badge": "star"})
        ),
    }
    pays_digits = digits if rule["pays"] in ("money", {"fund": "co-op"}) else 0
    if choose.chance(3):
        rule["where"] = choose.one((*CONDITIONS["any"], *CONDITIONS[facts], *CONDITIONS[facts]))
    if choose.chance(2):
        rule["by"] = choose.several(_groupings(facts), 2)
    rule |= _scale_and_base(choose, rule, pays_digits)
    _add_conditions(choose, rule, facts)
    _add_amounts(choose, rule, pays_digits)
    _add_policies(choose, rule, facts)
    return rule


def _groupings(facts: str) -> Sequence[str]:
    own = {"sale": ("product.category", "product.brand", "flow"), "deal": ("stage",), "event": ("type",)}
    return (*own[facts], "partner.region", "channel")


def _every(choose: Choices, facts: str) -> Any:
    windows = [
        {"name": "spring", "from": "2026-03-10", "to": "2026-05-20"},
        {"name": "autumn", "from": "2026-09-01", "to": "2027-01-15"},
    ]
    rolling = {"rolling": {"months": str(choose.one((2, 3, 12)))}}
    plain = ("month", "quarter", "half_year", "year", "programme", "fact", "fact")
    return choose.one((*plain, "month", "quarter", "order" if facts == "sale" else "month", rolling, windows))


def _add_conditions(choose: Choices, rule: Document, facts: str) -> None:
    if choose.chance(3):
        gates = (
            f"{choose.one(COUNTS[facts])} >= 2",
            f"{choose.one(AMOUNTS[facts])} > 150.25",
            f"{choose.one(RATIOS[facts])} >= 90%",
            'partner.tier == "gold"',
            'partner.certified("pro") or count() < 3',
            "not count() == 1",
        )
        rule["gates"] = choose.several(gates, 2)
    if choose.chance(3):
        conditions = (*CONDITIONS["any"], *CONDITIONS[facts])
        rule["multiply"] = [
            {"where": choose.one(conditions), "by": choose.one(("1.5", "2", "0.5", "0", "110%"))}
            for _ in range(choose.one((1, 2)))
        ]
        if choose.chance(3):
            rule["multiply"].append({"by": "1.25"})
        if choose.chance(3):
            rule["highest_only"] = True


def _add_amounts(choose: Choices, rule: Document, digits: int) -> None:
    for name, chance, most in (("cap", 3, 60), ("floor", 2, 20)):
        if choose.chance(chance):
            rule[name] = {"amount": choose.amount(most, digits)}
            if choose.chance(5):
                rule[name]["every"] = choose.one(LONGER.get(str(rule["every"]), ("programme",)))
    if choose.chance(1):
        rule["minimum_payout"] = choose.amount(10, digits)


def _add_policies(choose: Choices, rule: Document, facts: str) -> None:
    if choose.chance(2):
        shares = choose.one((("70%", "30%"), ("33.33%", "66.67%"), ("50%", "20%"), ("100%", "100%")))
        to = choose.one((("partner", "person"), ("person", "partner.parent"), ("partner", "partner.parent")))
        rule["split"] = [{"to": who, "share": share} for who, share in zip(to, shares, strict=True)]
        if shares[0] == "100%":
            rule["overlay"] = True
        if choose.chance(2):
            rule["duplicate_credit"] = "allowed"
    if choose.chance(3):
        rule["round"] = choose.one(("half_up", "half_even", "down"))
    if choose.chance(2):
        rule["negative"] = "allowed"
    if facts == "sale" and choose.chance(4):
        rule["returns"] = choose.one(("when_sold", "when_returned", "original_rate"))
    compared = str([rule["scale"], rule.get("base"), rule.get("gates")])
    is_compared = any(f"{name}(" in compared for name in ("growth", "attainment", "increase"))
    if is_compared and choose.chance(5):
        lowest = ("pays_lowest_band",) if "bands" in rule["scale"] else ()
        rule["without_baseline"] = choose.one((*lowest, {"pays_fixed": choose.amount(9, 0)}))


# Scales


@dataclass(frozen=True)
class Ways:
    """How a scale may pay: by which of rate, per_unit and amount, with how many digits."""

    names: Sequence[str]
    digits: int


def _scale_and_base(choose: Choices, rule: Document, digits: int) -> Document:
    facts = rule["facts"]
    modes = (
        "flat",
        "slab",
        "slab",
        "retro",
        "retro",
        "additive_capped",
        "additive_full",
        "excess",
        "interpolate",
    )
    alone = rule["every"] in ("fact", "order")
    if rule["pays"] == {"badge": "star"}:
        modes = ("flat", "slab", "retro")
    mode = choose.one((*modes, "package", "lookup", *(() if alone else ("rank",))))
    kinds = {"additive_capped": ("none", "amount", "count"), "excess": ("none", "amount", "growth")}
    usual = (
        ("none", "amount", "count") if alone else ("none", "amount", "count", "ratio", "growth", "increase")
    )
    on, kind = _measure(choose, facts, choose.one(kinds.get(mode, usual)))
    base = choose.one(AMOUNTS[facts]) if choose.chance(4) and mode not in kinds else None
    scale = _scale(choose, mode, facts, kind, _ways(rule, kind, digits))
    return {"scale": {**scale, **({"on": on} if on else {})}, **({"base": base} if base else {})}


def _ways(rule: Document, kind: str, digits: int) -> Ways:
    if rule["pays"] == {"badge": "star"}:
        return Ways(("amount",), digits)
    return Ways(("rate", "amount") if kind == "ratio" else ("rate", "rate", "per_unit", "amount"), digits)


def _measure(choose: Choices, facts: str, kind: str) -> tuple[str | None, str]:
    """x, and what its bounds look like."""
    match kind:
        case "none":
            return None, "count" if facts == "event" else "amount"
        case "amount":
            return choose.one(AMOUNTS[facts]), "amount"
        case "count":
            return choose.one(COUNTS[facts]), "count"
        case "ratio":
            return choose.one(RATIOS[facts]), "ratio"
        case "growth":
            return choose.one([text for text in RATIOS[facts] if text.startswith("growth")]), "ratio"
    return choose.one(INCREASES[facts]), "amount"


def _scale(choose: Choices, mode: str, facts: str, kind: str, ways: Ways) -> Document:
    match mode:
        case "flat":
            return {"mode": mode, **_pay(choose, ways)}
        case "package":
            return {"mode": mode, **_package(choose, ways)}
        case "lookup":
            return {"mode": mode, **_lookup(choose, facts, ways)}
        case "rank":
            return {"mode": mode, **_rank(choose, ways)}
        case "slab" | "retro":
            return {"mode": mode, "bands": _bands(choose, kind, lambda: _pay(choose, ways))}
    bands = _bands(choose, kind, lambda: {"rate": choose.one(RATES)})
    if mode == "interpolate" and len(bands) == 1:
        bands.append({"from": "500%" if kind == "ratio" else "5000", "rate": choose.one(RATES)})
    return {"mode": mode, "bands": bands}


def _bands(choose: Choices, kind: str, pay: Callable[[], Document]) -> Rows:
    return [
        {"from" if choose.chance(7) else "above": bound, **pay()} for bound in choose.several(BOUNDS[kind], 4)
    ]


def _pay(choose: Choices, ways: Ways) -> Document:
    pay: Document = {}
    for name in choose.several(ways.names, 2):
        match name:
            case "rate":
                pay[name] = choose.one(RATES)
            case "per_unit":
                pay[name] = choose.amount(5, 3)
            case "amount":
                pay[name] = choose.amount(50, ways.digits)
    return pay


def _package(choose: Choices, ways: Ways) -> Document:
    scale = {"size": choose.one(("1", "3", "10", "2.5")), "amount": choose.amount(20, ways.digits)}
    if choose.chance(4):
        scale["free"] = choose.one(("1", "5.5"))
    if choose.chance(4):
        scale["round"] = choose.one(("up", "down"))
    return scale


def _lookup(choose: Choices, facts: str, ways: Ways) -> Document:
    own = (
        ("product.category", ("Bikes", "Parts")) if facts == "sale" else ("partner.tier", ("gold", "silver"))
    )
    common = (
        ("partner.region", ("north", "south")),
        ("channel", ("web", "shop")),
        ("customer.is_new", ("true", "false")),
    )
    by, values = choose.one((*common, own, own))
    scale: Document = {
        "by": by,
        "values": {value: _entry(choose, ways) for value in choose.several(values, 2)},
    }
    if choose.chance(5):
        scale["otherwise"] = _entry(choose, ways)
    return scale


def _entry(choose: Choices, ways: Ways) -> Any:
    return choose.one(RATES) if choose.chance(5) and "rate" in ways.names else _pay(choose, ways)


def _rank(choose: Choices, ways: Ways) -> Document:
    scale: Document = {"places": [{"to": "1", "amount": choose.amount(90, ways.digits)}]}
    if choose.chance(6):
        scale["places"].append({"to": "3", "amount": choose.amount(30, ways.digits)})
    if choose.chance(4):
        scale["within"] = choose.one(("partner.region", ["partner.tier"]))
    if choose.chance(4):
        scale["ties"] = "split"
    return scale


# Data


def random_rows(random: Random, most: int = 30) -> dict[str, Rows]:
    """Small tables of all kinds, by the names of `Inputs`: few values, so that they meet often."""
    choose = Choices(random)
    rows: dict[str, Rows] = {
        "sales": [_sale(choose, place) for place in range(random.randrange(most + 1))],
        "deals": [_deal(choose, place) for place in range(random.randrange(most // 3 + 1))],
        "events": [_event(choose, place) for place in range(random.randrange(most // 3 + 1))],
        "partners": [row for name in PARTNERS for row in _partner(choose, name)],
        "people": [{"id": name, "role": choose.one(("rep", "boss"))} for name in PEOPLE],
        "products": [
            {"id": name, "category": choose.one(("Bikes", "Parts", None)), "brand": choose.one(("A", "B"))}
            for name in PRODUCTS
        ],
        "customers": [{"id": name} for name in CUSTOMERS],
        "targets": _targets(choose),
        "rates": [
            {"currency": currency, "to": to, "on": day.isoformat(), "rate": choose.amount(2, 4) + "1"}
            for currency in ("USD", "GBP")
            for to in ("EUR", "JPY", "KWD")
            for day in _month_starts()
        ],
    }
    _take_back(choose, rows["sales"])
    _correct(choose, rows["sales"])
    return {name: found for name, found in rows.items() if found}


def _month_starts() -> list[date]:
    months = range(2022 * 12, 2027 * 12 + 3)
    return [date(number // 12, number % 12 + 1, 1) for number in months]


def _fact(choose: Choices, key: str) -> dict[str, Any]:
    # Days crowd around the ends of periods, where mistakes live.
    crowded = (
        "2026-01-01",
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2025-03-31",
        "2026-12-31",
        "2024-12-31",
    )
    fact: dict[str, Any] = {
        "id": key,
        "partner": choose.one((*PARTNERS, *PARTNERS, "p9", None)),
        "person": choose.one((*PEOPLE, None)),
        "on": choose.one(crowded) if choose.chance(4) else choose.day().isoformat(),
        "currency": choose.one((None, None, None, "USD", "GBP")) if choose.chance(2) else None,
        "recorded_at": choose.day().isoformat() + "T12:00:00+00:00" if choose.chance(3) else None,
        "channel": choose.one(("web", "shop", None)),
        "customer": choose.one((*CUSTOMERS, None)),
    }
    if choose.chance(1):
        fact["credits"] = choose.one(("p1:60%;p2:40%", "s1:50%", "p3:33.33%;p1:66.67%"))
    return fact


def _sale(choose: Choices, place: int) -> dict[str, Any]:
    sign = "-" if choose.chance(1) else ""
    net = choose.amount(300, choose.one((0, 2, 4)))
    return {
        **_fact(choose, f"f{place}"),
        "order_id": choose.one(("o1", "o2", "o3", "o4", None)),
        "product": choose.one((*PRODUCTS, None)),
        "quantity": sign + choose.one(("1", "2", "3", "0", "2.5", "10")),
        "net_amount": sign + net,
        "list_amount": sign + choose.one((net, choose.amount(400))),
        "unit_cost": choose.one((None, choose.amount(50))),
        "flow": choose.one(("sell_in", "sell_out", None)),
    }


def _deal(choose: Choices, place: int) -> dict[str, Any]:
    return {
        **_fact(choose, f"d{place}"),
        "amount": choose.one((None, choose.amount(5000))),
        "stage": choose.one(("won", "lost")),
        "strategic": choose.one((True, False, None)),
    }


def _event(choose: Choices, place: int) -> dict[str, Any]:
    return {
        **_fact(choose, f"e{place}"),
        "type": choose.one(("course.completed", "survey.answered")),
        "value": choose.one((None, choose.amount(9, 1))),
        "attributes": choose.one(("x", "y", None)),
    }


def _partner(choose: Choices, name: str) -> Rows:
    def row(**dates: str) -> dict[str, Any]:
        return {
            "id": name,
            "region": choose.one(("north", "south", None)),
            "tier": choose.one(("gold", "silver")),
            "country": choose.one(("DE", "US")),
            "parent": choose.one((*PARTNERS, None)),
            "distributor": choose.one(("p1", None)),
            "certificates": choose.one(("pro", "pro;safety", "safety", None)),
            **dates,
        }

    if choose.chance(6):
        return [row()]
    return [
        row(valid_to="2026-03-31"),
        row(valid_from="2026-04-01", valid_to="2026-10-31"),
        row(valid_from="2026-11-02"),
    ]


def _targets(choose: Choices) -> Rows:
    rows: Rows = []
    for _ in range(choose.random.randrange(8)):
        month = choose.one(("01", "02", "03", "10"))
        last = {"01": "31", "02": "28", "03": "31", "10": "31"}[month]
        spans = (
            (f"2026-{month}-01", f"2026-{month}-{last}"),
            ("2026-01-01", "2026-12-31"),
            ("2026-01-01", "2026-03-31"),
        )
        first, until = choose.one(spans)
        person = choose.one((None, None, "s1", "s2"))
        rows.append(
            {
                "partner": choose.one(PARTNERS) if person is None or choose.chance(5) else None,
                "person": person,
                "measure": choose.one((None, "rule0", "sum(net_amount)", "net_amount", "units")),
                "from": first,
                "to": until,
                "value": choose.amount(500),
            }
        )
    return rows


def _take_back(choose: Choices, sales: Rows) -> None:
    """Some lines become returns of others: in part, in full, twice, or of a line never seen."""
    for row in sales[1:]:
        if choose.chance(2):
            sold = choose.one(sales)
            if sold is row:
                continue
            row["returns"] = sold["id"] if choose.chance(9) else "never seen"
            whole = choose.chance(5)
            names = (
                "partner",
                "person",
                "product",
                "customer",
                "order_id",
                "currency",
                "flow",
                "channel",
                "unit_cost",
            )
            row |= {name: sold[name] for name in names}
            for name in ("quantity", "net_amount", "list_amount"):
                row[name] = _negative(sold[name]) if whole else _negative(row[name])


def _negative(number: str) -> str:
    return number if number.startswith("-") else f"-{number}"


def _correct(choose: Choices, sales: Rows) -> None:
    for place, row in enumerate(sales[1:], start=1):
        if choose.chance(1) and not row.get("returns"):
            row["supersedes"] = sales[choose.random.randrange(place)]["id"]
