"""`import_file` on partners, people, products and customers."""

from __future__ import annotations

from headrace.partners.models import Partner, PartnerAttributes, Person
from headrace.sales.models import Attribute, Customer, Product, Result, Target
from headrace.sales.tests.conftest import MAPPING
from headrace.sales.tests.test_import_lines import told

PARTNERS = "Id,Name,Tier,Parent,From,To,City\n"


def test_partners_are_added_and_changed(desk):
    run = desk.take("partners.csv", PARTNERS + "p1,North Ltd,gold,,,,Ulm\np3,West,silver,p1,,,\n").run
    assert (run.accepted, run.added, run.changed) == (2, 1, 1)
    west = PartnerAttributes.objects.get(partner__code="p3")
    assert (west.tier, west.parent.code, west.valid_from) == ("silver", "p1", None)
    assert PartnerAttributes.objects.get(partner__code="p1").further == {"city": "Ulm"}
    assert Attribute.objects.get(of="partner").name == "city"


def test_a_parent_may_stand_below_but_its_own_row_must_be_good(desk):
    rows = "a,A,,b,,,\nb,B,,,,,\nc,C,,d,,,\nd,,,,,,\ne,E,,c,,,\nf,F,,f,,,\n"
    run = desk.take("partners.csv", PARTNERS + rows).run
    assert told(run) == [
        (4, "Parent", "d", "unknown_partner"),
        (5, "Name", "", "empty"),
        (6, "Parent", "c", "unknown_partner"),
        (7, "Parent", "f", "own_parent"),
    ]
    assert not Partner.objects.filter(code__in="cdef").exists()


def test_a_history_has_several_rows_of_one_id(desk):
    rows = "p3,West,silver,,2026-01-01,2026-02-28,\np3,West,gold,,2026-03-01,,\np3,West,x,,2026-03-01,,\n"
    run = desk.take("partners.csv", PARTNERS + rows).run
    assert told(run) == [(4, "Id", "p3", "duplicate_in_file")]
    assert PartnerAttributes.objects.filter(partner__code="p3").count() == 2


def test_a_span_ends_after_it_begins(desk):
    run = desk.take("partners.csv", PARTNERS + "p3,West,,,2026-03-01,2026-02-01,\n").run
    assert told(run) == [(2, "To", "2026-02-01", "ends_before_it_begins")]


def test_the_same_row_twice_is_no_problem(desk):
    run = desk.take("products.csv", "Id,Name,Category,Price\nx,X,A,1.50\nx,X,A,1.50\nx,X,B,1.50\n").run
    assert (run.accepted, run.added) == (2, 1)
    assert told(run) == [(4, "Id", "x", "duplicate_in_file")]
    assert Product.objects.get(code="x").list_price_e4 == 15000


def test_products_change_in_place_and_keep_what_is_not_told(desk):
    Product.objects.filter(code="bike").update(brand="Own", further={"colour": "red"})
    run = desk.take("products.csv", "Id,Name,Category,Price\nbike,Bike 2,Bikes,\n").run
    assert (run.added, run.changed) == (0, 1)
    bike = Product.objects.get(code="bike")
    assert (bike.name, bike.category, bike.brand, bike.list_price_e4) == ("Bike 2", "Bikes", "Own", None)
    assert bike.further == {"colour": "red"}


def test_people_are_of_known_partners(desk):
    run = desk.take("people.csv", "Id,Name,Dealer,Role\na,A,p1,owner\nb,B,p9,owner\nc,C,p1,boss\nd,D,,\n").run
    assert told(run) == [(3, "Dealer", "p9", "unknown_partner"), (4, "Role", "boss", "not_one_of")]
    assert (Person.objects.get(code="a").role, Person.objects.get(code="d").partner) == ("owner", None)


def test_customers_and_their_further_columns(desk):
    desk.take("customers.csv", "Id,Name,Segment\nc1,Club,sport\nc2,School,\n")
    assert Customer.objects.get(code="c1").further == {"segment": "sport"}
    assert Customer.objects.get(code="c2").further == {}


def test_the_last_file_is_not_taken_in_twice_but_an_older_one_may_come_back(desk):
    old, new = (f"Id,Name,Segment\nc1,{name},\n" for name in ("Club", "Sports club"))
    desk.take("customers-1.csv", old)
    assert desk.take("customers-1.csv", old).result is Result.ALREADY_IMPORTED
    desk.take("customers-2.csv", new)
    assert desk.take("customers-1.csv", old).run.changed == 1
    assert Customer.objects.get().name == "Club"


def test_another_mapping_reads_the_same_file_anew(desk):
    text = "Id,Name,Segment\nc1,Club,sport\n"
    desk.take("customers.csv", text)
    changed = MAPPING.replace("attributes: {segment: Segment}", "attributes: {sort: Segment}")
    assert desk.take("customers.csv", text, changed).run.changed == 1
    assert Customer.objects.get().further == {"segment": "sport", "sort": "sport"}


TARGETS = "Dealer,Seller,For,From,To,Value\n"


def test_targets_are_of_a_partner_or_a_person(desk):
    rows = "p1,,growth,2026-01-01,2026-12-31,1000.50\n,anna,,2026-01-01,2026-03-31,5\n,,,2026-01-01,2026-03-31,5\n"
    run = desk.take("targets.csv", TARGETS + rows).run
    assert told(run) == [(4, "Dealer", "", "nobodys_target")]
    assert set(Target.objects.values_list("partner__code", "person__code", "measure", "value_e4")) == {
        ("p1", None, "growth", 10_005_000),
        (None, "anna", "", 50_000),
    }


def test_a_target_may_be_set_anew_but_not_twice_in_a_file(desk):
    first = "p1,,growth,2026-01-01,2026-12-31,1000\n"
    desk.take("targets.csv", TARGETS + first)
    rows = "p1,,growth,2026-01-01,2026-12-31,2000\np1,,growth,2026-01-01,2026-12-31,3000\n"
    run = desk.take("targets.csv", TARGETS + rows).run
    assert (run.added, run.changed) == (0, 1)
    assert told(run) == [(3, "Dealer", "p1", "duplicate_in_file")]
    assert Target.objects.get().value_e4 == 20_000_000


def test_a_target_ends_after_it_begins(desk):
    run = desk.take("targets.csv", TARGETS + "p1,,,2026-02-01,2026-01-31,5\n").run
    assert told(run) == [(2, "To", "2026-01-31", "ends_before_it_begins")]
