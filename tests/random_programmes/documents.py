"""Random documents over the whole language."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

from .choices import Choices, Document, Rows
from .scales import scale_and_base
from .words import AMOUNTS, AUDIENCES, CONDITIONS, COUNTS, LONGER, RATES, RATIOS


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
    rule |= scale_and_base(choose, rule, pays_digits)
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
