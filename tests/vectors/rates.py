"""Packs, rates, discounts and caps."""

from decimal import Decimal

from .trial import Part, Trial, Vector, document, percent, rule, sale, sales, total_of


def packs(vector: Vector) -> Trial:
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    scale = {
        "mode": "package",
        "on": "sum(quantity)",
        "size": setup["package_size"],
        "free": setup["free_units"],
    }
    programme = document(rule({**scale, "amount": setup["package_amount"], "round": "up"}))
    if "already_paid" in given:
        late = str(Decimal(given["quantity"]) - 1)
        increments = (given["already_paid"], expected["adjustment"])
        return Trial(
            programme,
            sales("quantity", ["1", late]),
            expected["total_period"],
            steps=(1, 2),
            increments=increments,
        )
    return Trial(programme, sales("quantity", [given["quantity"]]), total_of(expected))


def rate_and_fixed(vector: Vector) -> Trial:
    """A rate on what was sold and a sum for each event, some of both free."""
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    events = given["events"]
    each = str(Decimal(given["amount"]) / events)
    base = f"sum(net_amount) - {setup.get('free_amount', '0')}"
    scale = {
        "mode": "flat",
        "on": f"count() - {setup.get('free_events', 0)}",
        "rate": percent(setup["rate_percent"]),
    }
    scale["per_unit"] = setup["fixed_per_event"]
    return Trial(document(rule(scale, base=base)), sales("net_amount", [each] * events), total_of(expected))


def each_event(vector: Vector) -> Trial:
    """A rate on each event alone, between a least and a most; the first ones may be free."""
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    parts: Part = {}
    if "per_event_min" in setup:
        parts = {"floor": {"amount": setup["per_event_min"]}, "cap": {"amount": setup["per_event_max"]}}
    facts = sales("net_amount", given["event_amounts"])
    for place, row in enumerate(facts["sales"]):
        row["is_free"] = place < setup.get("free_events", 0)
    scale = {"mode": "flat", "rate": percent(setup["rate_percent"])}
    programme = document(rule(scale, every="fact", where="not is_free", **parts))
    return Trial(programme, facts, total_of(expected))


def eligible_lines(vector: Vector) -> Trial:
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    facts = {
        "sales": [
            sale(n, net_amount=line["amount"], eligible=line["eligible"])
            for n, line in enumerate(given["lines"])
        ]
    }
    programme = document(rule({"mode": "flat", "rate": percent(setup["rate_percent"])}, where="eligible"))
    return Trial(programme, facts, total_of(expected))


def plain_rate(vector: Vector) -> Trial:
    """A rate on an amount; `unit: cents` counts whole ones."""
    setup, given, expected = vector["setup"], vector["input"], vector["expected"]
    programme = document(rule({"mode": "flat", "rate": percent(setup["rate_percent"])}))
    if "error" in expected:
        return Trial(programme, {}, is_refused=True)
    if setup.get("unit") == "cents":
        programme["currency"] = "JPY"
    return Trial(programme, sales("net_amount", [given["amount"]]), total_of(expected))


def in_whole_units(vector: Vector) -> Trial:
    scale = {"mode": "flat", "on": "sum(quantity)", "per_unit": vector["setup"]["flat_per_unit"]}
    programme = document(rule(scale), currency="JPY")
    return Trial(programme, sales("quantity", [vector["input"]["quantity"]]), total_of(vector["expected"]))


def capped_rate(vector: Vector) -> Trial:
    setup = vector["setup"]
    scale = {"mode": "flat", "rate": percent(setup["rate_percent"])}
    programme = document(rule(scale, cap={"amount": setup["max_amount"]}))
    return Trial(programme, sales("net_amount", [vector["input"]["amount"]]), total_of(vector["expected"]))


def not_above_order(vector: Vector) -> Trial:
    """A rate on the eligible lines, but no more than the order: two rules, whose gates exclude each other."""
    setup, given = vector["setup"], vector["input"]
    worth = f"{setup['rate_percent']}% * sum(net_amount, where eligible)"
    common = {"every": "order", "pays": "discount", "cap": {"amount": setup["max_amount"]}}
    fits = rule(
        {"mode": "flat", "rate": percent(setup["rate_percent"])},
        base="sum(net_amount, where eligible)",
        gates=[f"sum(net_amount) >= {worth}"],
        **common,
    )
    whole = rule({"mode": "flat", "rate": "100%"}, gates=[f"sum(net_amount) < {worth}"], **common)
    lines = [(given["eligible_amount"], True), (given["other_lines_amount"], False)]
    rows = [
        sale(n, on="2026-02-01", order_id="o1", net_amount=a, eligible=e) for n, (a, e) in enumerate(lines)
    ]
    return Trial(document(fits, whole), {"sales": rows}, total_of(vector["expected"]))


def fixed_not_above_order(vector: Vector) -> Trial:
    fixed = vector["setup"]["fixed_amount"]
    steps = [{"from": "0", "rate": "100%"}, {"from": fixed, "amount": fixed}]
    programme = document(rule({"mode": "retro", "bands": steps}))
    return Trial(
        programme, sales("net_amount", vector["input"]["line_amounts"]), total_of(vector["expected"])
    )


def with_tax(vector: Vector) -> Trial:
    """The rate on the amount with tax, capped. What the order then totals is the shop's."""
    setup, given = vector["setup"], vector["input"]
    with_tax = Decimal(1) + Decimal(setup["tax_percent"]) / 100
    scale = {"mode": "flat", "rate": percent(setup["rate_percent"])}
    cap = {"amount": setup["max_amount_tax_included"]}
    programme = document(rule(scale, base=f"sum(net_amount) * {with_tax}", cap=cap))
    return Trial(
        programme, sales("net_amount", [given["eligible_net"]]), vector["expected"]["discount_tax_included"]
    )


def cheapest_line(vector: Vector) -> Trial:
    lines = vector["input"]["lines"]
    rows = [sale(n, net_amount=line["amount"], eligible=line["eligible"]) for n, line in enumerate(lines)]
    scale = {"mode": "flat", "rate": percent(vector["setup"]["rate_percent"])}
    programme = document(rule(scale, base="min(net_amount, where eligible)"))
    return Trial(programme, {"sales": rows}, total_of(vector["expected"]))


def free_units(vector: Vector) -> Trial:
    size = vector["setup"]["buy_n_get_one_free"]
    scale = {"mode": "package", "on": "sum(quantity)", "size": size, "amount": "1"}
    programme = document(rule(scale, pays={"reward": "free unit"}))
    return Trial(
        programme, sales("quantity", [vector["input"]["quantity"]]), vector["expected"]["free_quantity"]
    )


def not_on_free_goods(vector: Vector) -> Trial:
    """What is left to pay is the paid units less the discount on them."""
    given = vector["input"]
    gross = Decimal(given["unit_price"]) * Decimal(given["paid_quantity"])
    rows = [
        sale(0, net_amount=str(gross), is_free=False),
        sale(1, net_amount=given["unit_price"], is_free=True),
    ]
    programme = document(
        rule({"mode": "flat", "rate": percent(vector["setup"]["rate_percent"])}, where="not is_free")
    )
    return Trial(programme, {"sales": rows}, str(gross - Decimal(vector["expected"]["net"])))


def most_on_few(vector: Vector) -> Trial:
    """At most one piece of each line counts."""
    lines = vector["input"]["lines"]
    rows = [sale(n, quantity=line["quantity"], net_amount=line["amount"]) for n, line in enumerate(lines)]
    scale = {"mode": "flat", "rate": percent(vector["setup"]["rate_percent"])}
    shares = {f"f{n}": share for n, share in enumerate(vector["expected"]["shares"])}
    return Trial(document(rule(scale, base="sum(net_amount / quantity)")), {"sales": rows}, shares=shares)


def enough_pieces(vector: Vector) -> Trial:
    """A discount on the eligible lines where there are enough pieces of them."""
    setup, expected = vector["setup"], vector["expected"]
    rows = [
        sale(
            n,
            quantity=line["quantity"],
            net_amount=str(Decimal(line["quantity"]) * Decimal(line["price"])),
            eligible=line["eligible"],
        )
        for n, line in enumerate(vector["input"]["lines"])
    ]
    scale = {"mode": "flat", "rate": percent(setup["rate_percent"])}
    programme = document(
        rule(scale, where="eligible", gates=[f"sum(quantity) >= {setup['min_eligible_quantity']}"])
    )
    return Trial(programme, {"sales": rows}, str(Decimal(expected["gross"]) - Decimal(expected["net"])))


def most_specific(vector: Vector) -> Trial:
    """The most specific rule that fits: each where leaves out what is more specific."""
    item = vector["input"]["item"]
    excluded: list[str] = []
    rules = []
    columns = {"variant": "product", "product": "product.family", "category": "product.category"}
    for one in vector["setup"]["rules_most_specific_first"]:
        own = [f'{columns[one["scope"]]} == "{one["ref"]}"'] if one["scope"] in columns else []
        pay = {"rate": percent(one["percent"])} if "percent" in one else {"amount": one["fixed"]}
        rules.append(rule({"mode": "flat", **pay}, where=" and ".join([*own, *excluded]) or "true"))
        excluded += [part.replace("==", "!=") for part in own]
    product = {"id": item["variant"], "family": item["product"], "category": item["category"]}
    facts = {
        **sales("net_amount", [vector["input"]["amount"]], product=item["variant"]),
        "products": [product],
    }
    return Trial(document(*rules), facts, total_of(vector["expected"]))


def by_discount_given(vector: Vector) -> Trial:
    steps = [
        {"from": one["from_percent"], "amount": one["amount"]}
        for one in vector["setup"]["fixed_by_discount_given"]
    ]
    programme = document(rule({"mode": "retro", "on": "max(discount)", "bands": steps}))
    facts = sales("discount", [Decimal(vector["input"]["discount_percent"])])
    return Trial(programme, facts, total_of(vector["expected"]))


def by_category(vector: Vector) -> Trial:
    """The first line that fits: one with the category, else one without."""
    lines, categories = vector["setup"]["plan_lines"], vector["input"]["categories"]
    scale: Part = {"mode": "lookup", "by": "product.category", "values": {}}
    for line in lines:
        if "category" in line:
            scale["values"][line["category"]] = line["factor"]
        else:
            scale["otherwise"] = line["factor"]
    product = {"id": "x", "category": categories[0] if categories else None}
    facts = {**sales("net_amount", [vector["input"]["amount"]], product="x"), "products": [product]}
    return Trial(document(rule(scale)), facts, vector["expected"]["total"] or "0")
