"""Splits, allowances, and what is taken back."""

from decimal import Decimal

from .trial import Trial, Vector, document, percent, rule, sale, sales


def pro_rata(vector: Vector) -> Trial:
    """A fixed sum over lines. Ties go by id: where the last line gets the cent, they are named backwards."""
    amounts, expected = vector["input"]["line_amounts"], vector["expected"]["shares"]
    backwards = vector.get("policy") == "floor_then_last"
    names = [f"f{len(amounts) - n if backwards else n}" for n in range(len(amounts))]
    rows = [
        {**sale(n, net_amount=amount), "id": name}
        for n, (amount, name) in enumerate(zip(amounts, names, strict=True))
    ]
    programme = document(rule({"mode": "flat", "amount": vector["setup"]["fixed_amount"]}), currency="EUR")
    return Trial(programme, {"sales": rows}, shares=dict(zip(names, expected, strict=True)))


def fixed_part_and_rest(vector: Vector) -> Trial:
    """A fixed part, a share, and a rule that is net of both."""
    fixed, share, _ = vector["setup"]["parts"]
    rules = (
        rule({"mode": "flat", "amount": fixed["fixed"]}, key="A"),
        rule({"mode": "flat", "rate": percent(share["percent"])}, key="B"),
        rule({"mode": "flat", "rate": "100%"}, key="C", deduct=["A", "B"]),
    )
    return Trial(
        document(*rules),
        sales("net_amount", [vector["input"]["amount"]]),
        amounts=vector["expected"]["shares"],
    )


def split_parts(vector: Vector) -> Trial:
    """One earning over a partner, its person and its parent."""
    parts, unit = vector["setup"]["parts"], vector["setup"]["unit"]
    if "fixed" in parts[0]:
        return fixed_part_and_rest(vector)
    shared = sum((Decimal(part.get("percent", "0")) for part in parts), Decimal(0))
    to = ("partner", "person", "partner.parent")
    shares = [part.get("percent") or str(100 - shared) for part in parts]
    split = [{"to": who, "share": percent(share)} for who, share in zip(to, shares, strict=False)]
    names = [part["id"] for part in parts]
    row = sale(0, net_amount=vector["input"]["amount"]) | {"partner": names[0], "person": names[1]}
    partner = {"id": names[0], "parent": names[2] if len(names) > 2 else None}
    programme = document(
        rule({"mode": "flat", "rate": "100%"}, split=split), currency="EUR" if unit == "0.01" else "CLF"
    )
    return Trial(programme, {"sales": [row], "partners": [partner]}, amounts=vector["expected"]["shares"])


def credited_deal(vector: Vector) -> Trial:
    """A deal that carries credit shares of its own."""
    parts = vector["setup"]["parts"]
    credits = ";".join(f"{part['id']}:{part['percent']}%" for part in parts)
    deal = {
        "id": "d1",
        "partner": "p1",
        "on": "2026-02-01",
        "amount": vector["input"]["deal"],
        "credits": credits,
    }
    scale = {"mode": "flat", "rate": percent(vector["setup"]["commission_rate_percent"])}
    programme = document(rule(scale, facts="deal", to="person"), currency="EUR")
    return Trial(programme, {"deals": [deal]}, amounts=vector["expected"]["shares"])


def paid_as_cash_comes(vector: Vector) -> Trial:
    """Each payment received is an event that earns its part."""
    given = vector["input"]
    rate = Decimal(given["commission_total"]) / Decimal(given["invoice_total"])
    rows = [
        {
            "id": f"f{n}",
            "partner": "p1",
            "on": f"2026-0{n + 1}-01",
            "type": "payment.received",
            "value": value,
        }
        for n, value in enumerate(given["payments"])
    ]
    programme = document(
        rule({"mode": "flat", "rate": f"{rate:f}"}, facts="event", every="fact", base="sum(value)")
    )
    shares = {f"f{n}": share for n, share in enumerate(vector["expected"]["settled"])}
    return Trial(programme, {"events": rows}, shares=shares)


def guaranteed(vector: Vector) -> Trial:
    """A draw is what lifts a month to the guarantee. Its recovery is the ledger's."""
    programme = document(
        rule(
            {"mode": "flat", "rate": "100%"},
            every="month",
            floor={"amount": vector["setup"]["draw_per_period"]},
        )
    )
    rows = [
        sale(n, on=f"2026-0{n + 1}-10", net_amount=amount)
        for n, amount in enumerate(vector["input"]["earnings"])
    ]
    shares = {f"f{n}": paid for n, paid in enumerate(vector["expected"]["paid"])}
    return Trial(programme, {"sales": rows}, shares=shares)


def allowance_first(vector: Vector) -> Trial:
    """Nothing on the allowance, the rate on what lies above; what was used before is an earlier fact."""
    setup, given = vector["setup"], vector["input"]
    steps = [
        {"from": "0", "rate": "0%"},
        {"above": setup["waiver_limit"], "rate": percent(setup["fee_rate_percent"])},
    ]
    programme = document(rule({"mode": "slab", "bands": steps}), currency="JPY")
    facts = sales("net_amount", [given["waiver_used"], given["payout"]])
    return Trial(programme, facts, steps=(1, 2), increments=(None, vector["expected"]["fee"]))


def credit_note(vector: Vector) -> Trial:
    """A credit note of a later month takes back what its invoice was given."""
    given, expected = vector["input"], vector["expected"]
    rows = [
        sale(0, on="2026-02-01", quantity="1", net_amount=given["invoice"]),
        sale(1, on="2026-03-01", quantity="-1", net_amount=f"-{given['credit_note']}", returns="f0"),
    ]
    scale = {"mode": "flat", "rate": percent(vector["setup"]["rate_percent"])}
    programme = document(rule(scale, every="month", returns="original_rate"))
    return Trial(
        programme,
        {"sales": rows},
        expected["net"],
        shares={"f0": expected["earned"], "f1": expected["reversal"]},
    )


def unserved_months(vector: Vector) -> Trial:
    """A term sold by the month, given back for the months that were not served."""
    term, served = Decimal(vector["setup"]["term_months"]), Decimal(vector["input"]["served_months"])
    rows = [
        sale(0, on="2026-02-01", quantity=str(term), net_amount="1200"),
        sale(
            1,
            on="2026-08-01",
            quantity=str(served - term),
            net_amount=str(-1200 * (term - served) / term),
            returns="f0",
        ),
    ]
    programme = document(rule({"mode": "flat", "amount": "100"}, every="month", returns="original_rate"))
    return Trial(
        programme, {"sales": rows}, shares={"f0": "100", "f1": f"-{vector['expected']['clawback_percent']}"}
    )
