"""What partners took in against what they sold on."""

import csv
import io
from datetime import date

import pytest
from django.test import Client
from tests.market import deliver, open_market, sale

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, PartnerAttributes
from headrace.sales.models import Product, SalesLine
from headrace.sales.sell_through import Asked, Gaps, is_taken_in, lines_of
from headrace.sales.withdrawals import withdraw_lines

ASKED = Asked(date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture
def market(organisation: Organisation) -> Organisation:
    """North is supplied by Big until March; it takes in 7 bikes and sells 4 on, Big takes in 10."""
    open_market(organisation)
    deliver(organisation, "partners", {"id": "big", "name": "Big 100% Wholesale", "type": "distributor"})
    big = Partner.objects.get(code="big")
    PartnerAttributes.objects.filter(partner__code="north").update(distributor=big, valid_to=date(2026, 3, 1))
    deliver(
        organisation,
        "sales",
        moved("a", "big", "sell_in", "10"),
        moved("b", "north", "sell_through", "8"),
        moved("c", "north", "sell_through", "-1", returns="b", net="-5"),
        moved("d", "north", "sell_out", "4"),
        moved("e", "south", "sell_out", "9"),  # of South nothing is known but what it sold
        moved("f", "north", "sell_out", "2", product="bell"),
        moved("g", "north", "sell_out", "50", on="2026-04-01"),
        moved("i", "north", "sell_through", "3", on="2026-03-02", product="bell"),
        moved("h", "north", "", "50"),
    )
    return organisation


def moved(
    name: str, partner: str, flow: str, quantity: str, on: str = "2026-02-01", net: str = "5", **more: str
) -> dict[str, str]:
    return sale(name, partner, on, net, flow=flow, quantity=quantity, **more)


def gaps(organisation: Organisation, asked: Asked = ASKED) -> list[tuple[str, str, int, int]]:
    return [
        (gap.partner_code, gap.product_code, gap.taken_in_e4 // 10_000, gap.sold_on_e4 // 10_000)
        for gap in Gaps(organisation, asked)
    ]


def test_both_sides_are_set_against_each_other_the_greatest_gap_first(market: Organisation) -> None:
    assert gaps(market) == [("big", "bike", 10, 7), ("north", "bike", 7, 4), ("north", "bell", 3, 2)]


def test_the_page_and_the_totals_are_of_the_same(market: Organisation) -> None:
    found = Gaps(market, ASKED)
    assert (len(found), found.totals.gap_e4) == (3, 70_000)
    assert [gap.gap_e4 for gap in found[1:3]] == [30_000, 10_000]
    assert found[3:9] == []
    assert [str(gap.share) for gap in found[0:3]] == [
        "0.7",
        "0.5714285714285714285714285714",
        "0.6666666666666666666666666667",
    ]


def test_what_is_corrected_or_withdrawn_does_not_count(market: Organisation) -> None:
    SalesLine.objects.create(
        **{
            field.attname: getattr(SalesLine.objects.get(external_id="d"), field.attname)
            for field in SalesLine._meta.concrete_fields
            if field.attname != "id"
        }
        | {"external_id": "d2", "supersedes": "d", "quantity_e4": 50_000}
    )
    assert ("north", "bike", 7, 5) in gaps(market)
    withdraw_lines(
        organisation=market, lines=SalesLine.objects.filter(external_id="d2"), reason="x", subject="x"
    )
    assert ("north", "bike", 7, 4) in gaps(market)
    withdraw_lines(
        organisation=market, lines=SalesLine.objects.filter(external_id="b"), reason="x", subject="x"
    )
    assert ("north", "bike", -1, 4) in gaps(market)


@pytest.mark.parametrize(
    ("words", "found"),
    [("NORTH", 2), ("cycles", 2), ("100%", 1), ("%", 1), ("_", 0), ("p", 0), ("' OR 1=1", 0)],
)
def test_a_partner_is_asked_for_by_its_code_or_a_part_of_its_name(
    market: Organisation, words: str, found: int
) -> None:
    assert len(gaps(market, Asked(ASKED.first, ASKED.last, partner=words))) == found


def test_a_product_is_asked_for(market: Organisation) -> None:
    assert gaps(market, Asked(ASKED.first, ASKED.last, product="Bell")) == [("north", "bell", 3, 2)]


def test_the_lines_of_a_gap_add_up_to_it(market: Organisation) -> None:
    for gap in Gaps(market, ASKED):
        partner = Partner.objects.select_related("organisation").get(pk=gap.partner)
        lines = lines_of(partner, Product.objects.get(pk=gap.product), ASKED)
        sides = {True: 0, False: 0}
        for line in lines:
            sides[is_taken_in(line, partner)] += line.quantity_e4
        assert (sides[True], sides[False]) == (gap.taken_in_e4, gap.sold_on_e4), gap


def test_another_brand_sees_none_of_it(market: Organisation, other_organisation: Organisation) -> None:
    assert gaps(other_organisation) == []


def test_the_file_runs_no_formula(market: Organisation, channel_manager: User, client: Client) -> None:
    Partner.objects.filter(code="big").update(name='=HYPERLINK("http://evil.example")')
    client.force_login(channel_manager)
    response = client.get("/console/sales/sell-through.csv?first=2026-01-01&last=2026-03-31")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["partner"], row["gap"]) for row in rows] == [
        ("big", "3.0000"),
        ("north", "3.0000"),
        ("north", "1.0000"),
    ]
    assert rows[0]["partner_name"].startswith("'=")


def test_a_wrong_filter_filters_nothing(market: Organisation, channel_manager: User, client: Client) -> None:
    client.force_login(channel_manager)
    response = client.get("/console/sales/sell-through/?first=yesterday&last=&page=99")
    assert response.status_code == 200
    assert "Big 100% Wholesale" in response.content.decode()
