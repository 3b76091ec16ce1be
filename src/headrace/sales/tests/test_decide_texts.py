"""Texts that nobody knows: found by alias or writing, proposed, decided, and their rows taken in at once."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from headrace.base.models import AuditEvent
from headrace.partners.models import Partner
from headrace.sales import decisions
from headrace.sales.decisions import Decision
from headrace.sales.matcher import Matcher
from headrace.sales.models import (
    Alias,
    Import,
    Product,
    Reject,
    Repair,
    SalesLine,
    Source,
    UnknownRow,
    UnknownText,
)
from headrace.sales.tests.conftest import row, sales


@pytest.fixture
def warehouse(desk) -> Partner:
    return Partner.objects.create(organisation=desk.organisation, code="wh-1", name="Warehouse GmbH")


@pytest.fixture
def gtx(desk) -> Product:
    return Product.objects.create(organisation=desk.organisation, code="GTX-Pro", name="Saw GTX Pro")


def decide(desk, text, target, **options):
    unknown = UnknownText.objects.get(organisation=desk.organisation, text=text)
    return decisions.decide_texts(
        organisation=desk.organisation,
        decisions=[Decision(unknown, target.pk if target else None)],
        **options,
    )


def balanced() -> bool:
    runs = Import.objects.all()
    return all(run.rows == run.accepted + run.rejected + run.duplicates for run in runs)


def test_what_differs_in_writing_only_is_found(desk, warehouse, gtx):
    run = desk.take(
        "sales.csv",
        sales(
            row("L1", Dealer="Ware House", Article="GTXPro"),
            row("L2", Dealer="WAREHOUSE", Article="GTX PRO"),
            row("L3", Dealer="wh 1"),
        ),
    ).run
    assert run.accepted == 3
    assert set(SalesLine.objects.values_list("partner", flat=True)) == {warehouse.pk}
    assert SalesLine.objects.filter(product=gtx).count() == 2


def test_a_line_remembers_how_it_was_found(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="Ware House"), row("L2"), row("L3", Dealer="ware-house")))
    alias = Alias.objects.get()
    assert (alias.text, alias.partner, alias.score, alias.by_writing) == ("Ware House", warehouse, 99, True)
    matched = dict(SalesLine.objects.values_list("external_id", "matched"))
    assert matched == {"L1": {"partner": alias.pk}, "L2": None, "L3": {"partner": alias.pk}}
    assert alias.uses.get().lines == 2


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("Dealer", "Warehose"),
        ("Dealer", "Warehouse Ltd"),
        ("Dealer", "Warehouse Berlin"),
        ("Dealer", "House Ware"),
        ("Article", "GTX-Prod"),
        ("Article", "GTX Pro 2"),
        ("Article", "GTX"),
    ],
)
def test_a_near_miss_is_proposed_and_not_taken(desk, warehouse, gtx, field, text):
    run = desk.take("sales.csv", sales(row("L1", **{field: text}))).run
    assert run.rejected == 1
    assert not Alias.objects.exists()
    proposals = Reject.objects.get().problems[0]["params"]["proposals"]
    assert proposals == UnknownText.objects.get().proposals
    if text not in ("House Ware", "GTX"):
        assert proposals[0]["pk"] == (warehouse if field == "Dealer" else gtx).pk
        assert proposals[0]["score"] < 95


def test_a_text_that_two_are_written_as_is_neither(desk, warehouse):
    Partner.objects.create(organisation=desk.organisation, code="wh-2", name="Warehouse Ltd")
    run = desk.take(
        "sales.csv", sales(row("L1", Dealer="Ware House"), row("L2", Dealer="Ware House GmbH"))
    ).run
    assert run.accepted == 1
    assert SalesLine.objects.get().external_id == "L2"
    assert len(UnknownText.objects.get().proposals) == 2


def test_one_decision_settles_all_its_rows_whatever_their_writing(desk, warehouse, channel_manager):
    first = desk.take("sales.csv", sales(row("L1", Dealer="Warehose"), row("L2", Dealer="ware hose"))).run
    second = desk.take("sales-2.csv", sales(row("L3", Dealer="WAREHOSE"), row("L4", Net="x"))).run
    settled = decide(desk, "Warehose", warehouse, user=channel_manager)
    assert (settled.accepted, settled.not_accepted) == (3, 0)
    assert {run.replays for run in settled.runs} == {first, second}
    assert SalesLine.objects.filter(partner=warehouse).count() == 3
    assert [reject.row_number for reject in Reject.objects.waiting()] == [3]
    assert AuditEvent.objects.filter(action="alias.decide", user=channel_manager).count() == 1
    assert balanced()


def test_a_decision_is_remembered_for_the_next_file(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose")))
    decide(desk, "Warehose", warehouse)
    assert desk.take("sales-2.csv", sales(row("L2", Dealer="Ware Hose"))).run.accepted == 1


def test_a_decision_holds_for_its_source_only_unless_told_otherwise(desk, warehouse):
    other = "mapping: south\nsource: south" + "".join(_mapping_of_another())
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose"), row("L2", Dealer="Wharehouse")))
    decide(desk, "Warehose", warehouse)
    decide(desk, "Wharehouse", warehouse, for_all_sources=True)
    run = desk.take(
        "sales-2.csv", sales(row("L3", Dealer="Warehose"), row("L4", Dealer="Wharehouse")), other
    ).run
    assert (run.accepted, run.rejected) == (1, 1)
    assert Reject.objects.waiting().get().problems[0]["value"] == "Warehose"


def _mapping_of_another():
    from headrace.sales.tests.conftest import MAPPING

    yield MAPPING.replace("mapping: north", "")


def test_a_row_with_two_unknown_texts_waits_for_both(desk, warehouse, gtx):
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose", Article="GTXXPro")))
    assert decide(desk, "Warehose", warehouse).runs == []
    assert decide(desk, "GTXXPro", gtx).accepted == 1


def test_a_row_with_another_problem_keeps_waiting_for_its_repair(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose", Net="x")))
    assert decide(desk, "Warehose", warehouse).runs == []
    assert Reject.objects.waiting().count() == 1


def test_what_is_not_ours_stays_rejected_and_says_so(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose")))
    assert decide(desk, "Warehose", None).runs == []
    run = desk.take("sales-2.csv", sales(row("L2", Dealer="Warehose"))).run
    assert run.rejected == 1
    assert run.rejects.get().problems[0]["params"] == {"not_ours": True}


def test_who_comes_second_changes_nothing(desk, warehouse, channel_manager):
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose")))
    decide(desk, "Warehose", warehouse, user=channel_manager)
    again = decide(desk, "Warehose", Partner.objects.get(code="p2"))
    assert (again.aliases, again.runs) == ([], [])
    assert again.decided_before[0].decided_by == channel_manager
    assert SalesLine.objects.get().partner == warehouse


def test_a_target_of_another_brand_is_refused(desk, other_organisation):
    theirs = Partner.objects.create(organisation=other_organisation, code="x", name="X")
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose")))
    with pytest.raises(decisions.Refused, match="Warehose"):
        decide(desk, "Warehose", theirs)
    assert not Alias.objects.exists()


def test_the_replayed_row_repairs_the_reject(desk, warehouse):
    run = desk.take("sales.csv", sales(row("L1"), row("L2", Dealer="Warehose"))).run
    (again,) = decide(desk, "Warehose", warehouse).runs
    repair = Repair.objects.get()
    assert (repair.reject.import_run, repair.import_run, repair.row_number, repair.accepted) == (
        run,
        again,
        3,
        True,
    )
    assert (again.file, again.mapping, again.rows) == (run.file, run.mapping, 1)


def test_amounts_that_wait_are_noted(desk):
    desk.take("sales.csv", sales(row("L1", Dealer="Nowhere"), row("L2", Dealer="Nowhere", Net="x")))
    assert UnknownRow.objects.aggregate(Sum("net_amount_e4")) == {"net_amount_e4__sum": 12345000}
    assert set(UnknownRow.objects.values_list("currency", "problems")) == {("EUR", 1), ("EUR", 2)}


def test_what_may_be_created_is_found_by_a_decision_only(desk):
    desk.take("sales.csv", sales(row("L1", Buyer="C-1"), row("L2", Buyer="c1")))
    assert set(SalesLine.objects.values_list("customer__code", flat=True)) == {"C-1", "c1"}
    assert not UnknownText.objects.exists()


@pytest.mark.parametrize(("field", "kind"), [("Dealer", "partner"), ("Article", "product")])
def test_what_a_text_means_is_made_of_it(desk, field, kind, channel_manager):
    desk.take("sales.csv", sales(row("L1", **{field: "Quite New"})))
    settled = decisions.make_target(
        unknown=UnknownText.objects.get(), code="new-1", name="Quite New Ltd", user=channel_manager
    )
    assert settled.accepted == 1
    line = SalesLine.objects.get()
    assert (getattr(line, kind).code, getattr(line, kind).name) == ("new-1", "Quite New Ltd")


def test_a_person_is_not_made_of_a_text_nor_a_code_twice(desk):
    desk.take("sales.csv", sales(row("L1", Seller="Quite New"), row("L2", Dealer="Quite New")))
    with pytest.raises(decisions.Refused, match="people"):
        decisions.make_target(unknown=UnknownText.objects.get(kind="person"), code="q", name="Q")
    with pytest.raises(decisions.Refused, match="known already"):
        decisions.make_target(unknown=UnknownText.objects.get(kind="partner"), code="p1", name="Q")
    assert not Alias.objects.exists()


def test_what_nobody_knew_is_looked_for_anew_only_when_more_is_known(
    desk, warehouse, django_assert_num_queries
):
    desk.take("sales.csv", sales(row("L1", Dealer="Stor House"), row("L2", Dealer="Nobody")))
    matcher = Matcher(desk.organisation, Source.objects.get())
    with django_assert_num_queries(3):
        assert matcher.by_writing("partner", ["Nobody", "stor-house"]) == {}
    Partner.objects.create(organisation=desk.organisation, code="sh", name="Storhouse")
    assert desk.take("sales-2.csv", sales(row("L3", Dealer="Stor House"))).run.accepted == 1


def test_looking_again_takes_in_what_became_known_and_proposes_anew(desk):
    desk.take(
        "sales.csv",
        sales(
            row("L1", Dealer="p3"),
            row("L2", Dealer="West Trade"),
            row("L3", Dealer="Wst"),
            row("L4", Dealer="p3", Net="x"),
        ),
    )
    assert {unknown.score for unknown in UnknownText.objects.all()} == {0}
    Partner.objects.create(organisation=desk.organisation, code="p3", name="East")
    Partner.objects.create(organisation=desk.organisation, code="p4", name="WestTrade GmbH")
    Partner.objects.create(organisation=desk.organisation, code="p5", name="West")
    settled = decisions.look_again(organisation=desk.organisation)
    assert settled.accepted == 2
    proposals = UnknownText.objects.get(text="Wst").proposals
    assert [(one["code"], one["score"]) for one in proposals] == [("p5", 75)]
    assert decisions.look_again(organisation=desk.organisation).runs == []
    assert balanced()
