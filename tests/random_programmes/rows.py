"""Random facts and what they refer to: few values, so that they meet often."""

from datetime import date
from random import Random
from typing import Any

from .choices import Choices, Rows

PARTNERS = ("p1", "p2", "p3", "p4")
PEOPLE = ("s1", "s2", "s3")
PRODUCTS = ("bike", "helmet", "lamp", "tyre")
CUSTOMERS = ("c1", "c2", "c3")


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
