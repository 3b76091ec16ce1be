"""Tiers, ladders and statuses."""

from decimal import Decimal

from .trial import Part, Trial, Vector, document, percent, rule, sale, sales, total_of

# Whether only the part inside a tier is paid at its price, or all units.
MODES = {"graduated": "slab", "volume": "retro", "tier": "retro"}


def tiered(vector: Vector) -> Trial:
    """Tiers that hold their upper end, by units (`unit`) or amount (`rate_percent`), with `flat` sums."""
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    is_amount = "amount" in given or "transaction_amounts" in given
    column = "net_amount" if is_amount else "quantity"
    mode = MODES[setup.get("mode", vector["kind"])]
    scale: Part = {"mode": mode, "on": f"sum({column})", "bands": bands(setup)}
    parts: Part = {}
    if "period_max" in setup:
        parts["cap"] = {"amount": setup["period_max"]}
    if "period_min" in setup:
        parts["floor"] = {"amount": setup["period_min"]}
    programme = document(rule(scale, **parts))
    if "transaction_amounts" in given:
        values = given["transaction_amounts"]
        steps = range(1, len(values) + 1)
        return Trial(
            programme,
            sales(column, values),
            total_of(expected),
            steps=steps,
            increments=expected["increments"],
        )
    if "already_counted" in given:
        first = Decimal(given["already_counted"])
        tables = sales(column, [str(first), given["quantity"]])
        return Trial(
            programme, tables, steps=(1, 2), increments=(given.get("already_paid"), total_of(expected))
        )
    value = given[column if column == "quantity" else "amount"]
    total = expected.get("total") or str(Decimal(expected["rate_percent"]) * Decimal(value) / 100)
    return Trial(programme, sales(column, [value]), total, bands=expected.get("per_tier"))


def bands(setup: Part) -> list[Part]:
    first = "from" if setup.get("flat_on_zero") else "above"
    bounds = [(first, "0"), *(("above", tier["up_to"]) for tier in setup["tiers"][:-1])]
    return [
        {side: bound, **_tier_pay(tier)} for (side, bound), tier in zip(bounds, setup["tiers"], strict=True)
    ]


def _tier_pay(tier: Part) -> Part:
    pay = {"rate": percent(tier["rate_percent"])} if "rate_percent" in tier else {"per_unit": tier["unit"]}
    return {**pay, "amount": tier["flat"]}


def block_tiers(vector: Vector) -> Trial:
    """Blocks of one unit are units; larger ones are whole packs, paid at the price of the tier reached."""
    tiers, quantity = vector["setup"]["block_tiers"], vector["input"]["quantity"]
    capacity, ends = Decimal(0), []
    for tier in tiers[:-1]:
        capacity += Decimal(tier["block_size"]) * tier["max_blocks"]
        ends.append(str(capacity))
    facts, total = sales("quantity", [quantity]), total_of(vector["expected"])
    if all(tier["block_size"] == "1" for tier in tiers):
        mode = "slab" if vector["note"] == "ALL_TIERS" else "retro"
        steps = [
            {"above": bound, "per_unit": tier["price"]}
            for bound, tier in zip(["0", *ends], tiers, strict=True)
        ]
        programme = document(rule({"mode": mode, "on": "sum(quantity)", "bands": steps}))
        return Trial(programme, facts, total, bands=vector["expected"].get("per_tier"))
    rules = []
    for above, until, tier in zip(["0", *ends], [*ends, None], tiers, strict=True):
        gates = [f"sum(quantity) > {above}", *([f"sum(quantity) <= {until}"] if until else [])]
        scale = {
            "mode": "package",
            "on": "sum(quantity)",
            "size": tier["block_size"],
            "amount": tier["price"],
            "round": "up",
        }
        rules.append(rule(scale, gates=gates))
    return Trial(document(*rules), facts, total)


def shares_of_tiers(vector: Vector) -> Trial:
    """Each tier's sum is earned in proportion to how far it is filled: a rate on the part inside.

    Tiers that the amount does not reach are left out: not all of them are a finite rate.
    """
    tiers, amount = vector["setup"]["interpolated_amount_tiers"], vector["input"]["amount"]
    reached = [tier for tier in tiers if Decimal(tier["from"]) < Decimal(amount)]
    rates = [Decimal(tier["amount"]) / (Decimal(tier["to"]) - Decimal(tier["from"])) for tier in reached]
    steps = [{"above": tier["from"], "rate": f"{rate:f}"} for tier, rate in zip(reached, rates, strict=True)]
    programme = document(rule({"mode": "slab", "bands": steps}))
    return Trial(programme, sales("net_amount", [amount]), total_of(vector["expected"]))


def weighted_by_tier(vector: Vector) -> Trial:
    """A sum for each unit, weighted by the share of the amount inside each tier: base units, bands of amount."""
    tiers, given = vector["setup"]["per_unit_rebate_weighted_by_tier_share"], vector["input"]
    bounds = ["0", *(tier["up_to"] for tier in tiers[:-1])]
    steps = [{"above": bound, "rate": tier["unit"]} for bound, tier in zip(bounds, tiers, strict=True)]
    scale = {"mode": "slab", "on": "sum(net_amount)", "bands": steps}
    facts = {"sales": [sale(0, net_amount=given["amount"], quantity=given["quantity"])]}
    return Trial(document(rule(scale, base="sum(quantity)")), facts, total_of(vector["expected"]))


def rate_by_quantity(vector: Vector) -> Trial:
    """Bands by units, the rate on the amount."""
    tiers, given = vector["setup"]["quantity_tiers_rate"], vector["input"]
    bounds = ["0", *(tier["up_to"] for tier in tiers[:-1])]
    steps = [
        {"above": bound, "rate": percent(tier["rate_percent"])}
        for bound, tier in zip(bounds, tiers, strict=True)
    ]
    scale = {"mode": "retro", "on": "sum(quantity)", "bands": steps}
    facts = {"sales": [sale(0, net_amount=given["amount"], quantity=given["quantity"])]}
    return Trial(document(rule(scale, base="sum(net_amount)")), facts, total_of(vector["expected"]))


def ladder(vector: Vector) -> Trial:
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    mode = "slab" if setup["stacking"] == "all_reached" else "retro"
    steps = [{"from": rung["from"], "amount": rung["amount"]} for rung in setup["bonus_ladder"]]
    return Trial(
        document(rule({"mode": mode, "bands": steps})),
        sales("net_amount", [given["amount"]]),
        total_of(expected),
    )


def thresholds(vector: Vector) -> Trial:
    """Each threshold pays itself, so that the amount tells which was reached."""
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    steps = [{"from": bound, "amount": bound} for bound in setup["thresholds"]]
    programme = document(rule({"mode": "retro", "bands": steps}))
    return Trial(programme, sales("net_amount", [given["amount"]]), expected["threshold"])


def statuses(vector: Vector) -> Trial:
    """A status for each span of spending, by the whole of it so far."""
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    tiers = setup["tiers_by_spend"]
    rules = []
    for tier, above in zip(tiers, [*tiers[1:], None], strict=True):
        gates = [
            f"sum(net_amount) >= {tier['from']}",
            *([f"sum(net_amount) < {above['from']}"] if above else []),
        ]
        rules.append(rule({"mode": "flat"}, gates=gates, pays={"status": tier["name"]}))
    if "transaction_amounts" in given:
        facts = sales("net_amount", given["transaction_amounts"])
        steps = range(1, len(given["transaction_amounts"]) + 1)
        return Trial(document(*rules), facts, units=expected["tier_after_each"], steps=steps)
    return Trial(
        document(*rules), sales("net_amount", [given["prior"], given["amount"]]), units=[expected["tier"]]
    )
