"""No list asks the database once for each row: as many queries for thirty rows as for three."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from headrace.base.actions import grant_role
from headrace.base.approvals.actions import withdraw_request
from headrace.base.approvals.rule_changes import Scope, Step, propose_rule
from headrace.base.models import Organisation, Role, User
from headrace.books.actions import export_journal
from headrace.disputes.actions import Asked, open_dispute, say
from headrace.disputes.comparison_actions import begin_comparison
from headrace.disputes.models import Comparison, Dispute, Reason
from headrace.earnings.actions import refresh_programme, take_snapshot
from headrace.earnings.models import Earning, Forecast, Snapshot
from headrace.kernel.period import Period
from headrace.partners.models import Partner, Person
from headrace.payouts.models import Settlement, SettlementPayee, Statement
from headrace.programmes.actions import launch_programme
from headrace.programmes.budgets.plans import Share, propose_budget
from headrace.programmes.models import Budget, BudgetVersion, Programme
from headrace.sales.actions import import_file, keep_mapping, receive_file
from headrace.sales.drafting.actions import begin_draft
from headrace.sales.models import Import, Product, ReportingCalendar, SalesFile, Source
from headrace.sales.quality import DIMENSIONS
from headrace.sales.reporting_actions import remind_reporters, set_calendar
from tests.market import COLUMNS, MAPPING, deliver, open_market, sale, send
from tests.settling import settled

FEW, MANY = 3, 30
FIRST_YEAR = 2020
QUERIES_MAX = 30

PROGRAMME = """
programme: {key}
title: {{en: Each sale}}
currency: EUR
from: 2020-01-01
earns:
  - key: sale
    facts: sale
    to: partner
    every: fact
    base: sum(net_amount)
    scale: {{mode: flat, rate: 1%}}
  - key: month
    facts: sale
    to: partner
    every: month
    base: sum(net_amount)
    scale: {{mode: flat, rate: 1%}}
"""


@pytest.fixture
def market(organisation: Organisation, partner_owner: User) -> Organisation:
    open_market(organisation)
    Person.objects.filter(code="olga").update(user=partner_owner)
    return organisation


def month(number: int) -> Period:
    """The months from January of the first year on."""
    year, place = FIRST_YEAR + number // 12, number % 12
    after = date(year + (place + 1) // 12, (place + 1) % 12 + 1, 1)
    return Period(date(year, place + 1, 1), after - timedelta(days=1))


def grow(organisation: Organisation, first: int, last: int) -> None:
    """Of everything that is listed the numbers from `first` to before `last`.

    Each number brings a partner with a sale, a sale of North in a month of its own and one in the month after
    the last, a rejected row, a file without a mapping, a programme and a statement; the first of these statements has
    all that is new.
    """
    numbers = range(first, last)
    for number in numbers:
        deliver(organisation, "partners", {"id": f"p{number}", "name": f"Partner {number}", "type": "dealer"})
    on = {number: month(number).starts.isoformat() for number in numbers}
    deliver(
        organisation,
        "sales",
        *(sale(f"own-{number}", f"p{number}", on[number], "1000") for number in numbers),
        *(sale(f"north-{number}", "north", on[number], "1000") for number in numbers),
        *(sale(f"last-{number}", "north", month(MANY).starts.isoformat(), "1000") for number in numbers),
    )
    deliver(
        organisation,
        "sales",
        *(sale(f"in-{number}", f"p{number}", on[number], "0", flow="sell_in") for number in numbers),
        *(sale(f"out-{number}", f"p{number}", on[number], "0", flow="sell_out") for number in numbers),
        *(sale(f"moved-{number}", "north", on[number], "0", flow="sell_in") for number in numbers),
    )
    for number in numbers:
        report(organisation, number)
    send_bad_rows(organisation, last)
    # Written otherwise: the one is found, the other only proposed.
    send(organisation, *(sale(f"written-{number}", f"P-{number}", on[number], "0") for number in numbers))
    send(organisation, *(sale(f"typed-{number}", f"Prtner {number}", on[number], "0") for number in numbers))
    for number in numbers:
        begin_draft(organisation=organisation, file=unmapped_file(organisation, number))
    for number in numbers:
        launch_programme(organisation=organisation, document=PROGRAMME.format(key=f"p-{number:02}"))
    calculated = organisation.programmes.get(key="p-00")
    refresh_programme(programme=calculated, snapshot=take_snapshot(organisation=organisation))
    question(organisation, numbers, first)
    for number in numbers:
        ask_for_approvals(organisation, number)
    for number in numbers:
        settled(organisation, month(MANY + number), *staff())
    keep_books(organisation, first, last)


def staff() -> list[User]:
    """The channel manager and the approver."""
    return [User.objects.get(email=f"{who}@acme.example") for who in ("manager", "approver")]


def question(organisation: Organisation, numbers: range, first: int) -> None:
    """A dispute for each number, the first of them with an item and an entry for each; and rows to compare."""
    olga = Person.objects.select_related("partner", "organisation", "user").get(code="olga")
    programme = organisation.programmes.get(key="p-00")
    for number in numbers:
        asked = [
            Asked(Reason.OTHER, step=f"Step {each}") for each in (numbers if number == first else [number])
        ]
        dispute = open_dispute(person=olga, programme=programme, words="", asked=asked)
        if number == first:
            for each in numbers:
                say(dispute=dispute, user=olga.user, text=f"Message {each}")
    rows = "".join(f"R-{number},{month(number).starts},bike,1,5\n" for number in numbers)
    own = SimpleUploadedFile("own.csv", f"Invoice,Date,Article,Pieces,Net\n{rows}".encode())
    period = Period(month(0).starts, month(MANY).ends)
    begin_comparison(person=olga, programme=programme, period=period, upload=own)


def keep_books(organisation: Organisation, first: int, last: int) -> None:
    """An export of the journal and a forecast for each number, and a budget with an allocation for each partner."""
    for number in range(first, last):
        export_journal(organisation=organisation, starts=None, through=month(MANY + number).ends)
        programme = organisation.programmes.get(key=f"p-{number:02}")
        propose(programme, month(MANY), ["north"])
        Forecast.objects.create(
            programme=programme,
            organisation=organisation,
            snapshot=Snapshot.objects.latest("pk"),
            **FORECAST,
        )
    propose(organisation.programmes.get(key="p-00"), month(MANY), [f"p{number}" for number in range(last)])


FORECAST: dict[str, Any] = {
    "unit": "EUR",
    "on": date(2026, 1, 15),
    "period_from": date(2026, 1, 1),
    "period_to": date(2026, 1, 31),
    "reached_minor": 1,
    "low_minor": 1,
    "expected_minor": 2,
    "high_minor": 3,
    "method": "rest",
    "covers": 8,
    "of": 10,
    "tests": 3,
    "hits": 2,
    "history": [],
}


def propose(programme: Programme, period: Period, codes: list[str]) -> None:
    """A budget in force; its approval is not what is tested here."""
    in_force = BudgetVersion.objects.filter(budget__programme=programme, ended_at=None).first()
    partners = Partner.objects.filter(organisation=programme.organisation, code__in=codes)
    version = propose_budget(
        programme=programme,
        unit="EUR",
        period=period,
        shares=[Share(10_000_00, above=None), *(Share(1_00, partner=partner) for partner in partners)],
        replaces=in_force,
    )
    BudgetVersion.objects.filter(budget=version.budget).exclude(pk=version.pk).update(ended_at=timezone.now())
    BudgetVersion.objects.filter(pk=version.pk).update(in_force_at=timezone.now())


def report(organisation: Organisation, number: int) -> None:
    """A source of its own with a calendar, whose report is late."""
    rows = f"id,partner,on,quantity,net_amount,product,order_id,person,returns,flow\n,p{number},2020-01-01,1,0,,,,,\n"
    text = MAPPING.replace("market", f"source-{number}")
    document = keep_mapping(organisation=organisation, text=text)
    file = receive_file(organisation=organisation, name=f"sales-{number}.csv", chunks=[rows.encode()])
    assert import_file(organisation=organisation, file=file, document=document).run is not None
    source = Source.objects.get(code=f"source-{number}")
    set_calendar(
        calendar=ReportingCalendar(
            organisation=organisation, source=source, starts_on=date(2020, 1, 1), contact_email="a@b.example"
        )
    )
    remind_reporters(organisation=organisation)


def ask_for_approvals(organisation: Organisation, number: int) -> None:
    """A rule that waits for the channel manager's approval, asked for by somebody else, and two by the manager."""
    manager = User.objects.get(email="manager@acme.example")
    other, is_new = User.objects.get_or_create(
        email="finance@acme.example", defaults={"organisation": organisation, "name": "Fiona"}
    )
    if is_new:
        grant_role(user=manager, role=Role.APPROVER)
        grant_role(user=other, role=Role.FINANCE)
    for user in (other, manager, manager):
        scope = Scope("claim", unit="EUR", amount_from_minor=number)
        rule = propose_rule(
            organisation=organisation, user=user, scope=scope, steps=[Step(role=Role.APPROVER)]
        )
    withdraw_request(organisation=organisation, kind="approval_rule", subject=f"approval_rule:{rule.pk}")


def unmapped_file(organisation: Organisation, number: int) -> SalesFile:
    rows = f"Line,Dealer,Net\nL{number},north,5\n"
    return receive_file(organisation=organisation, name=f"new-{number}.csv", chunks=[rows.encode()])


def send_bad_rows(organisation: Organisation, count: int) -> None:
    header = ",".join(COLUMNS["sales"])
    rows = (f"bad-{number},1,north,,bike,2020-02-31,1,12.x,," for number in range(count))
    file = receive_file(
        organisation=organisation, name="sales.csv", chunks=["\n".join((header, *rows)).encode()]
    )
    document = keep_mapping(organisation=organisation, text=MAPPING)
    outcome = import_file(organisation=organisation, file=file, document=document)
    assert outcome.run is not None
    assert outcome.run.rejected == count


def lists(first: int) -> dict[str, list[str]]:
    """Every page that lists something, by door; `first` is the first number that was grown last."""
    statement = Statement.objects.get(partner__code="north", period_from=month(MANY + first).starts).pk
    earning = Earning.objects.get(period_from=month(MANY).starts, rule="month", corrected_by=None).pk
    return {
        "console": [
            "/console/",
            "/console/programmes/",
            "/console/programmes/p-00/",
            "/console/partners/",
            "/console/partners/north/",
            "/console/partners/north/statements/",
            f"/console/earnings/{earning}/",
            f"/console/earnings/{earning}/lines/",
            f"/console/statements/{statement}/",
            *settlement_pages(first),
            "/console/sales/",
            "/console/sales/lines/",
            "/console/sales/doubts/",
            f"/console/sales/imports/{Import.objects.filter(file_name='sales.csv').latest('pk').pk}/",
            "/console/sales/matching/",
            "/console/sales/matching/confirm/?score=65",
            "/console/sales/names/",
            "/console/sales/drafts/",
            "/console/books/?on=2030-12-31",
            "/console/books/?on=2030-12-31&programme=p-00",
            "/console/books/?on=2030-12-31&partner=north",
            "/console/books/journal/",
            "/console/books/forecast/",
            "/console/budgets/?show=all",
            f"/console/budgets/{Budget.objects.get(programme__key='p-00', starts=month(MANY).starts).pk}/",
            *quality_pages(),
            "/console/approvals/",
            "/console/approvals/?show=asked",
            "/console/approvals/?show=closed",
            "/console/settings/approvals/",
        ],
        "portal": [
            "/portal/",
            "/portal/earnings/",
            f"/portal/earnings/{earning}/",
            f"/portal/earnings/{earning}/lines/",
            "/portal/statements/",
            f"/portal/statements/{statement}/",
            "/portal/programmes/",
        ],
    }


def settlement_pages(first: int) -> list[str]:
    """Of the settlement that has all that was grown last."""
    settlement = Settlement.objects.get(period_from=month(MANY + first).starts).pk
    payee = SettlementPayee.objects.get(settlement=settlement, partner__code="north").pk
    return [
        "/console/settlements/",
        f"/console/settlements/{settlement}/",
        f"/console/settlements/recipients/{payee}/",
        "/console/partners/north/tax/",
    ]


def quality_pages() -> list[str]:
    """Of the source that all of the market's files came from."""
    market, this_month = Source.objects.get(code="market"), f"{Organisation.objects.get().today:%Y-%m}"
    rows = f"/console/sales/quality/{market.pk}/rows/?month={this_month}"
    north, bike = Partner.objects.get(code="north").pk, Product.objects.get(code="bike").pk
    return [
        "/console/sales/quality/",
        f"/console/sales/quality/{market.pk}/",
        *(f"{rows}&of={dimension}" for dimension in DIMENSIONS),
        "/console/sales/reporting/",
        f"/console/sales/reporting/{market.pk}/",
        "/console/sales/sell-through/?first=2020-01-01",
        f"/console/sales/sell-through/{north}/{bike}/?first=2020-01-01",
    ]


def lists_of_disputes() -> dict[str, list[str]]:
    """The pages of the dispute with the most items, and of the newest comparison."""
    dispute = Dispute.objects.annotate(items_count=Count("items")).order_by("-items_count", "-pk")[0]
    comparison = Comparison.objects.latest("pk").pk
    earning = Earning.objects.get(period_from=month(MANY).starts, rule="month", corrected_by=None).pk
    return {
        "console": ["/console/disputes/", f"/console/disputes/{dispute.pk}/"],
        "portal": [
            f"/portal/earnings/{earning}/question/",
            "/portal/disputes/",
            f"/portal/disputes/{dispute.pk}/",
            "/portal/disputes/compare/",
            f"/portal/disputes/compare/{comparison}/",
        ],
    }


def queries(people: dict[str, User], first: int) -> dict[str, int]:
    """How many queries each list takes; addresses without the numbers in them."""
    found = {}
    of_disputes = lists_of_disputes()
    for door, addresses in lists(first).items():
        client = Client()
        client.force_login(people[door])
        for address in [*addresses, *of_disputes[door]]:
            client.get(address)  # what is kept for the process is there from now on
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200, address
            found[re.sub(r"[0-9]+", "N", address)] = len(asked)
    return found


def test_lists_take_as_many_queries_for_thirty_rows_as_for_three(
    market: Organisation, channel_manager: User, approver: User, partner_owner: User
) -> None:
    people = {"console": channel_manager, "portal": partner_owner}
    grow(market, 0, FEW)
    few = queries(people, 0)
    grow(market, FEW, MANY)
    assert queries(people, FEW) == few
    assert max(few.values()) <= QUERIES_MAX
