"""Conditions, measures, bounds and rates to choose from."""

from collections.abc import Mapping, Sequence

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
