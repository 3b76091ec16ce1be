"""Where a recipient stands, what is missing to the next band, and what reaching it brings."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from headrace.engine.parsing import load
from headrace.engine.programme import Programme
from headrace.engine.progress import Progress, progress, progress_of
from headrace.engine.tables import Inputs
from headrace.engine.tests.tables_of import inputs_of

TODAY = date(2026, 8, 15)


def programme_of(rule: str, around: str = "") -> Programme:
    """A programme of 2026 with one rule, which goes to the partner every quarter unless it says otherwise."""
    usual = {"facts": "sale", "to": "partner", "every": "quarter"}
    lines = [f"    {key}: {value}" for key, value in usual.items() if f"\n{key}:" not in f"\n{rule}"]
    body = "\n".join([*lines, *(f"    {line}" for line in rule.strip().splitlines())])
    head = f"programme: p\ncurrency: EUR\nfrom: 2026-01-01\nto: 2026-12-31\n{around}\nearns:\n  - key: rule\n"
    return load(head + body + "\n")


def sale(number: int, on: str, net_amount: str, **further: Any) -> dict[str, Any]:
    return {"id": f"s{number}", "partner": "p1", "on": on, "net_amount": net_amount, **further}


@pytest.fixture(params=["duckdb", "reference"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def one(programme: Programme, inputs: Inputs, backend: str, recipient: str = "p1") -> Progress:
    [found] = progress(programme, inputs, recipient, TODAY, backend=backend)
    return found


BANDS = "bands: [{from: 10000, rate: 1%}, {from: 50000, rate: 2.5%}]"


class TestMissing:
    def test_it_is_what_lacks_to_the_next_band_and_what_that_brings(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "37600"), sale(2, "2026-06-30", "99999")])
        found = one(programme_of(f"scale: {{mode: retro, {BANDS}}}"), inputs, backend)
        assert (found.value, found.next_bound, found.missing) == (37600, 50000, Decimal("12400.00"))
        assert (found.earned_now, found.earned_then, found.more) == (
            Decimal("376.00"),
            Decimal("1250.00"),
            Decimal("874.00"),
        )
        assert found.ends == date(2026, 9, 30)
        assert found.sentence() == "rule: 12,400.00 EUR more by 2026-09-30 brings p1 874.00 EUR more."

    def test_past_a_bound_is_a_cent_more(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "400")])
        bands = "[{above: 0, rate: 1%}, {above: 1000, amount: 50}]"
        found = one(programme_of(f"scale: {{mode: retro, bands: {bands}}}"), inputs, backend)
        assert (found.missing, found.earned_then) == (Decimal("600.01"), Decimal("50.00"))

    def test_at_the_top_nothing_is_missing(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "50000")])
        found = one(programme_of(f"scale: {{mode: slab, {BANDS}}}"), inputs, backend)
        assert (found.next_bound, found.missing, found.more, found.sentence()) == (None, None, None, "")
        assert found.earned_now == Decimal("400.00")

    def test_pieces_are_whole_and_cost_what_they_cost_so_far(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(1, "2026-07-05", "700", quantity=5), sale(2, "2026-07-06", "100", quantity=3)]
        )
        rule = (
            "base: sum(net_amount)\nscale: {on: sum(quantity), mode: retro, bands: [{from: 10, rate: 10%}]}"
        )
        found = one(programme_of(rule), inputs, backend)
        # Two more at the average price of 100.
        assert (found.value, found.missing, found.earned_then) == (8, Decimal(2), Decimal("100.00"))
        assert found.unit_of_measure == ""

    def test_growth_is_missing_in_money(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2025-08-05", "3000"), sale(2, "2026-08-05", "3100")])
        rule = (
            "base: sum(net_amount)\n"
            "scale: {on: 'growth(sum(net_amount), same_period_last_year)', mode: retro, "
            "bands: [{from: 105%, rate: 1%}, {from: 110%, rate: 2.5%}]}"
        )
        found = one(programme_of(rule), inputs, backend)
        assert found.is_share
        assert (found.value, found.next_bound) == (Fraction(31, 30), Fraction(105, 100))
        assert (found.missing, found.unit_of_measure) == (Decimal("50.00"), "EUR")
        assert (found.earned_now, found.earned_then) == (Decimal("0.00"), Decimal("31.50"))

    def test_attainment_is_missing_in_money(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(1, "2026-08-05", "3100")],
            targets=[{"partner": "p1", "from": "2026-07-01", "to": "2026-09-30", "value": 4000}],
        )
        rule = "scale: {on: 'attainment(sum(net_amount), target)', mode: retro, bands: [{from: 100%, amount: 500}]}"
        found = one(programme_of(rule), inputs, backend)
        assert (found.missing, found.more) == (Decimal("900.00"), Decimal("500.00"))

    def test_packs_are_bands_without_end(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "700", quantity=40)])
        rule = "scale: {on: sum(quantity), mode: package, size: 12, free: 10, amount: 5}"
        found = one(programme_of(rule), inputs, backend)
        assert (found.next_bound, found.missing, found.more) == (46, Decimal(6), Decimal("5.00"))

    def test_facts_that_are_counted_are_missing_one_by_one(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "700"), sale(2, "2026-07-06", "100")])
        rule = "scale: {on: count(), mode: retro, bands: [{from: 5, amount: 30}]}"
        found = one(programme_of(rule), inputs, backend)
        assert (found.missing, found.more) == (Decimal(3), Decimal("30.00"))

    def test_what_does_not_add_up_is_not_told(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "700", product="a")])
        rule = "scale: {on: count_distinct(product), mode: retro, bands: [{from: 3, amount: 30}]}"
        found = one(programme_of(rule), inputs, backend)
        assert (found.value, found.next_bound, found.missing, found.more) == (1, 3, None, None)


class TestBeyondTheScale:
    def test_a_gate_that_holds_only_then_counts(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "900")])
        rule = f"gates: [sum(net_amount) >= 5000]\nscale: {{mode: retro, {BANDS}}}"
        assert one(programme_of(rule), inputs, backend).more == Decimal("100.00")

    def test_a_gate_that_fails_still_lets_nothing_through(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "900", product="a")])
        rule = f"gates: [count_distinct(product) >= 3]\nscale: {{mode: retro, {BANDS}}}"
        assert one(programme_of(rule), inputs, backend).more == Decimal("0.00")

    def test_a_cap_that_is_used_up_leaves_nothing_more(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "9000"), sale(2, "2026-01-05", "10000")])
        rule = f"cap: {{amount: 100, every: year}}\nscale: {{mode: retro, {BANDS}}}"
        assert one(programme_of(rule), inputs, backend).more == Decimal("0.00")

    def test_a_budget_is_shared_with_all_others(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(1, "2026-07-05", "9000"), sale(2, "2026-01-05", "14000", partner="p2")]
        )
        programme = programme_of(f"scale: {{mode: retro, {BANDS}}}", "budget: {amount: 150}")
        assert one(programme, inputs, backend).more == Decimal("10.00")

    def test_further_groups_stand_alone(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(1, "2026-07-05", "900", product="a"), sale(2, "2026-07-05", "400", product="b")]
        )
        rule = "by: [product]\nscale: {mode: retro, bands: [{from: 1000, rate: 10%}]}"
        found = progress(programme_of(rule), inputs, "p1", TODAY, backend=backend)
        assert [(each.by, each.missing, each.more) for each in found] == [
            ("product=a", Decimal("100.00"), Decimal("100.00")),
            ("product=b", Decimal("600.00"), Decimal("100.00")),
        ]


class TestBeginning:
    def test_a_new_period_is_judged_by_earlier_facts(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(1, "2026-05-05", "900", product="bike"), sale(2, "2026-06-05", "80", product="bell")],
            products=[{"id": "bike", "category": "Bikes"}, {"id": "bell", "category": "Parts"}],
        )
        rule = f'where: product.category == "Bikes"\nscale: {{mode: retro, {BANDS}}}'
        found = one(programme_of(rule), inputs, backend)
        assert (found.value, found.missing, found.more) == (0, Decimal("10000.00"), Decimal("100.00"))

    def test_a_new_partner_has_the_first_band_before_it(self, backend: str) -> None:
        found = one(programme_of(f"scale: {{mode: retro, {BANDS}}}"), inputs_of(), backend, "p9")
        assert (found.value, found.missing, found.more) == (0, Decimal("10000.00"), Decimal("100.00"))

    def test_whom_the_rule_does_not_admit_is_promised_nothing(self, backend: str) -> None:
        inputs = inputs_of(partners=[{"id": "p1", "country": "US"}])
        programme = programme_of(
            f"scale: {{mode: retro, {BANDS}}}", 'audience: {where: partner.country == "DE"}'
        )
        found = one(programme, inputs, backend)
        assert (found.earned_then, found.sentence()) == (
            None,
            "rule: 10,000.00 EUR more by 2026-09-30 reaches the next band.",
        )


class TestWhoAndWhen:
    def test_a_person_stands_alone(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(1, "2026-07-05", "900", person="anna"), sale(2, "2026-07-05", "5000", person="ben")]
        )
        rule = "to: person\nscale: {mode: retro, bands: [{from: 1000, rate: 10%}]}"
        assert one(programme_of(rule), inputs, backend, "anna").missing == Decimal("100.00")

    def test_a_distributor_stands_on_what_is_below_it(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(1, "2026-07-05", "900")],
            partners=[{"id": "p1", "distributor": "hub"}, {"id": "hub", "distributor": None}],
        )
        rule = "to: partner.distributor\nscale: {mode: retro, bands: [{from: 1000, rate: 10%}]}"
        found = one(programme_of(rule), inputs, backend, "hub")
        assert (found.missing, found.more) == (Decimal("100.00"), Decimal("100.00"))

    def test_several_at_once_are_the_same_as_each_alone(self, backend: str) -> None:
        inputs = inputs_of(
            sales=[sale(n, "2026-07-05", f"{n * 4000}", partner=f"p{n % 3}") for n in range(1, 8)]
        )
        programme = programme_of(f"cap: {{amount: 300}}\nscale: {{mode: slab, {BANDS}}}")
        together = progress_of(programme, inputs, ["p0", "p1", "p2", "p7"], TODAY, backend=backend)
        assert together == {
            name: progress(programme, inputs, name, TODAY, backend=backend)
            for name in ("p0", "p1", "p2", "p7")
        }

    def test_people_and_partners_are_told_apart(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-05-05", "900", person="anna")])
        programme = programme_of("to: person\nscale: {mode: retro, bands: [{from: 1000, rate: 10%}]}")
        found = progress_of(programme, inputs, ["p1", "anna"], TODAY, backend=backend)
        assert [len(each) for each in found.values()] == [0, 1]
        programme = programme_of("scale: {mode: retro, bands: [{from: 1000, rate: 10%}]}")
        found = progress_of(programme, inputs, ["p1", "anna"], TODAY, backend=backend)
        assert [len(each) for each in found.values()] == [1, 0]

    def test_who_shares_an_earning_is_told_their_share(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "900", person="anna")])
        rule = (
            "split: [{to: partner, share: 70%}, {to: person, share: 30%}]\n"
            "scale: {mode: retro, bands: [{from: 1000, rate: 10%}]}"
        )
        found = progress_of(programme_of(rule), inputs, ["p1", "anna"], TODAY, backend=backend)
        assert [(each.missing, each.more) for parts in found.values() for each in parts] == [
            (Decimal("100.00"), Decimal("70.00")),
            (Decimal("100.00"), Decimal("30.00")),
        ]

    def test_outside_the_programmes_life_there_is_none(self, backend: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "900")])
        programme = programme_of(f"scale: {{mode: retro, {BANDS}}}")
        assert progress(programme, inputs, "p1", date(2027, 1, 1), backend=backend) == []

    @pytest.mark.parametrize("every", ["fact", "order"])
    def test_a_rule_without_a_period_has_none(self, backend: str, every: str) -> None:
        inputs = inputs_of(sales=[sale(1, "2026-07-05", "900", order_id="o1")])
        programme = programme_of(f"every: {every}\nscale: {{mode: retro, {BANDS}}}")
        assert progress(programme, inputs, "p1", TODAY, backend=backend) == []


@pytest.mark.parametrize(("link", "value"), [("supersedes", 20000), ("returns", 30000)])
def test_what_another_partner_corrects_or_takes_back_counts(link: str, value: int, backend: str) -> None:
    """A sale that another partner corrects is no longer one's own; one that it takes back stays."""
    own = [sale(1, "2026-07-02", "10000"), sale(2, "2026-07-03", "20000")]
    other = {**sale(3, "2026-07-04", "-10000"), "partner": "p2", link: "s1"}
    found = one(programme_of(f"scale: {{mode: retro, {BANDS}}}"), inputs_of(sales=[*own, other]), backend)
    assert found.value == value
