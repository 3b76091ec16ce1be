"""Growth over a baseline, and points."""

from decimal import Decimal

from .trial import Trial, Vector, document, percent, rule, sale, sales, total_of


def growth_ladder(vector: Vector) -> Trial:
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    steps = [{"from": "0%", "rate": percent(setup["base_rate_percent"])}]
    for rung in setup["growth_ladder"]:
        bound = Decimal(100) + Decimal(rung["from_growth_percent"])
        steps.append({"from": f"{bound}%", "rate": percent(rung["total_rate_percent"])})
    scale = {"mode": "retro", "on": "growth(sum(net_amount), same_period_last_year)", "bands": steps}
    rows = [sale(0, on="2025-03-01", net_amount=given["baseline"]), sale(1, net_amount=given["amount"])]
    return Trial(document(rule(scale, base="sum(net_amount)")), {"sales": rows}, total_of(expected))


def growth_gate(vector: Vector) -> Trial:
    setup = vector["setup"]
    growth = "growth(sum(net_amount), same_period_last_year)"
    least = Decimal(100) + Decimal(setup["qualify"]["min_growth_percent"])
    gates = [f"{growth} >= {least}%", f"sum(net_amount) >= {setup['qualify']['min_amount']}"]
    scale = {
        "mode": "excess",
        "on": growth,
        "bands": [{"from": "100%", "rate": percent(setup["incremental_rate_percent"])}],
    }
    rows = [
        sale(0, on="2025-03-01", net_amount=setup["baseline"]),
        sale(1, net_amount=vector["input"]["amount"]),
    ]
    return Trial(document(rule(scale, gates=gates)), {"sales": rows}, total_of(vector["expected"]))


def growth_in_units(vector: Vector) -> Trial:
    more = vector["setup"]["min_growth_units_exclusive"]
    gates = [f"increase(sum(quantity), same_period_last_year) > {more}"]
    rows = [
        sale(0, on="2025-03-01", quantity=vector["input"]["baseline"]),
        sale(1, quantity=vector["input"]["quantity"]),
    ]
    return Trial(document(rule({"mode": "flat", "amount": "1"}, gates=gates)), {"sales": rows}, "0")


def points(vector: Vector) -> Trial:
    """Whole points for each so much spent; what was paid with points before is no spending."""
    setup, given = vector["setup"], vector["input"]
    worth = Decimal(given.get("redeem_points", "0")) * Decimal(setup.get("point_value", "0"))
    scale = {"mode": "package", "size": setup["spend_per_point"], "amount": "1"}
    facts = sales("net_amount", [str(Decimal(given["amount"]) - worth)])
    total = vector["expected"].get("points") or vector["expected"]["earned"]
    return Trial(document(rule(scale, pays="points")), facts, total)


def points_by_tier(vector: Vector) -> Trial:
    tiers = vector["setup"]["tiers_spend_per_point"]
    rules = []
    for tier, above in zip(tiers, [*tiers[1:], None], strict=True):
        gates = [
            f"sum(net_amount) >= {tier['from']}",
            *([f"sum(net_amount) < {above['from']}"] if above else []),
        ]
        rules.append(
            rule(
                {"mode": "package", "size": tier["spend_per_point"], "amount": "1"},
                gates=gates,
                pays="points",
            )
        )
    return Trial(
        document(*rules), sales("net_amount", [vector["input"]["amount"]]), vector["expected"]["points"]
    )


def points_on_lines(vector: Vector) -> Trial:
    """A point for each unit of money, before discounts and however it is paid."""
    given = vector["input"]
    lines = given.get("lines") or [{"amount": given["amount"], "eligible": True}]
    rows = [sale(n, net_amount=line["amount"], eligible=line["eligible"]) for n, line in enumerate(lines)]
    programme = document(
        rule(
            {"mode": "flat", "rate": vector["setup"]["points_per_currency"]}, where="eligible", pays="points"
        )
    )
    return Trial(programme, {"sales": rows}, vector["expected"]["points"])
