"""Sales by the API: each line answered, done once, earned right after; nothing without a key."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from headrace.base import jobs
from headrace.base.api.keys import Scope, make_key, revoke_key
from headrace.base.models import ApiAnswer, ApiKey, Job, Organisation, User
from headrace.config.wiring import JOB_HANDLERS
from headrace.earnings.actions import refresh_programmes
from headrace.earnings.models import Earning
from headrace.programmes.actions import launch_programme
from headrace.sales.models import Attribute, Import, SalesLine
from tests.databases import OwnDatabase
from tests.market import deliver, open_market, sale
from tests.together import in_threads

SALES = "/api/v1/sales"

REBATE = """
programme: rebate
title: {en: Rebate}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: volume
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale: {mode: flat, rate: 1%}
"""


def line(number: str, **more: Any) -> dict[str, Any]:
    row = {"id": number, "partner": "north", "product": "bike", "on": "2026-02-01", "quantity": 1}
    return {**row, "net_amount": "100.50", **more}


@pytest.fixture
def market(organisation: Organisation) -> Organisation:
    open_market(organisation)
    return organisation


@pytest.fixture
def token(market: Organisation) -> str:
    return make_key(organisation=market, name="Till", scopes=[Scope.SEND_SALES])[1]


def send(token: str, body: Any, **headers: str) -> HttpResponse:
    if isinstance(body, dict) and "lines" not in body:
        body = {"lines": [body]}
    text = body if isinstance(body, str) else json.dumps(body)
    more: dict[str, Any] = {"headers": {"Authorization": f"Bearer {token}", **headers}}
    return Client().post(SALES, text, content_type="application/json", **more)


def told(response: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.content)
    return found


def pointers(response: HttpResponse) -> list[str]:
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert not SalesLine.objects.exists()
    return [error["pointer"] for error in told(response)["errors"]]


def test_a_line_is_taken_in_exactly(token: str, market: Organisation) -> None:
    more = {
        "order_id": "A-1",
        "person": "sven",
        "currency": "EUR",
        "attributes": {"channel": "web", "gift": True},
    }
    response = send(token, line("1", **more))
    run = Import.objects.latest("pk")
    assert told(response) == {
        "import_id": run.pk,
        "accepted": 1,
        "rejected": 0,
        "duplicates": 0,
        "lines": [{"index": 0, "id": "1", "result": "accepted", "reasons": []}],
    }
    kept = SalesLine.objects.get()
    assert (kept.net_amount_e4, kept.quantity_e4, kept.order_id) == (1_005_000, 10_000, "A-1")
    assert kept.attributes == {"channel": "web", "gift": "true"}
    assert dict(Attribute.objects.values_list("name", "type")) == {"channel": "text", "gift": "boolean"}
    assert run.source.name == "Till"


def test_each_line_is_answered_by_itself(token: str, market: Organisation) -> None:
    body = {
        "lines": [line("1"), line("2", partner="nobody"), line("3", net_amount="1,5"), line("1"), line("4")]
    }
    answer = told(send(token, body))
    assert [one["result"] for one in answer["lines"]] == [
        "accepted", "rejected", "rejected", "duplicate", "accepted",
    ]  # fmt: skip
    (reason,) = answer["lines"][1]["reasons"]
    assert (reason["field"], reason["value"], reason["reason"]) == ("partner", "nobody", "unknown_partner")
    assert reason["detail"] == "There is no partner “nobody”. Import the partner first, or correct the code."
    assert answer["accepted"] == 2 == SalesLine.objects.count()
    run = Import.objects.get(pk=answer["import_id"])
    assert run.rows == 5


def test_the_same_lines_again_are_duplicates(token: str) -> None:
    send(token, {"lines": [line("1"), line("2")]})
    again = told(send(token, {"lines": [line("1"), line("2")]}))
    assert {one["result"] for one in again["lines"]} == {"duplicate"}
    assert SalesLine.objects.count() == 2


def test_an_idempotency_key_does_a_request_once(token: str) -> None:
    first = send(token, line("1"), **{"Idempotency-Key": "a"})
    again = send(token, line("1"), **{"Idempotency-Key": "a"})
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    other = send(token, line("2"), **{"Idempotency-Key": "a"})
    assert other.status_code == 422
    assert told(other)["errors"][0]["pointer"] == "Idempotency-Key"
    assert SalesLine.objects.count() == 1
    assert send(token, line("2"), **{"Idempotency-Key": "x" * 201}).status_code == 400


def test_a_request_that_fails_may_be_sent_again_with_its_key(token: str, market: Organisation) -> None:
    wrong = line("1", attributes={"Kanal": "web"})
    assert send(token, wrong, **{"Idempotency-Key": "a"}).status_code == 422
    assert not ApiAnswer.objects.exists()
    assert send(token, line("1"), **{"Idempotency-Key": "a"}).status_code == 200


def test_the_same_request_at_the_same_time_is_done_once(own_database: OwnDatabase) -> None:
    organisation = Organisation.objects.create(code="acme", name="Acme", currency="EUR")
    open_market(organisation)
    token = make_key(organisation=organisation, name="Till", scopes=[Scope.SEND_SALES])[1]
    answers = in_threads([lambda: send(token, line("1"), **{"Idempotency-Key": "a"})] * 4)
    assert {answer.content for answer in answers} == {answers[0].content}
    assert sorted("Idempotent-Replayed" in answer for answer in answers) == [False, True, True, True]
    assert SalesLine.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"net_amount": 12.5}, "/net_amount"),
        ({"net_amount": True}, "/net_amount"),
        ({"quantity": None}, "/quantity"),
        ({"on": 0}, "/on"),
        ({"on": "1.2.2026"}, "/on"),
        ({"partner": ["north"]}, "/partner"),
        ({"partner": "no\0rth"}, "/partner"),
        ({"id": ""}, "/id"),
        ({"amount": "1"}, "/amount"),
        ({"attributes": {"weight": 1.5}}, "/attributes/weight"),
        ({"attributes": []}, "/attributes"),
    ],
)
def test_another_form_is_refused_with_its_place(token: str, more: Mapping[str, Any], pointer: str) -> None:
    found = pointers(send(token, {"lines": [line("1"), line("2", **more)]}))
    assert any(one.startswith(f"/lines/1{pointer}") for one in found), found


def test_too_much_is_refused(token: str) -> None:
    assert pointers(send(token, {"lines": [line(str(number)) for number in range(1001)]})) == ["/lines"]
    assert pointers(send(token, {"lines": []})) == ["/lines"]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "[" * 100_000, '{"lines": 1e999}'])
def test_what_is_no_request_is_told(token: str, body: str) -> None:
    response = send(token, body)
    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"


def test_an_attribute_keeps_its_type(token: str, market: Organisation) -> None:
    send(token, line("1", attributes={"weight": 3}))
    answer = told(
        send(
            token, {"lines": [line("2", attributes={"weight": "2.5"}), line("3", attributes={"weight": "x"})]}
        )
    )
    assert [one["result"] for one in answer["lines"]] == ["accepted", "rejected"]


def test_without_a_valid_key_nothing_is_told(
    token: str, market: Organisation, other_organisation: Organisation
) -> None:
    mistaken = [token[:-1], "x", "hr_x_y", token.replace("hr_", "no_"), ""]
    answers = [send(wrong, line("1")) for wrong in mistaken]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    key = ApiKey.objects.get()
    revoke_key(key=key)
    assert send(token, line("1")).status_code == 401
    powerless = make_key(organisation=market, name="Reads", scopes=[])[1]
    assert send(powerless, line("1")).status_code == 403
    assert not SalesLine.objects.exists()
    # Another brand's key reaches its own partners alone.
    foreign = make_key(organisation=other_organisation, name="Till", scopes=[Scope.SEND_SALES])[1]
    assert told(send(foreign, line("1")))["lines"][0]["reasons"][0]["reason"] == "unknown_partner"


def test_a_line_earns_at_once(token: str, market: Organisation, channel_manager: User) -> None:
    launch_programme(organisation=market, document=REBATE, user=channel_manager)
    deliver(market, "sales", sale("0", "south", "2026-02-01", "1000"))
    refresh_programmes(organisation=market)
    Job.objects.all().delete()  # what the files asked for
    send(token, line("1", net_amount="5000"))
    assert jobs.work(JOB_HANDLERS, stop=Event(), until_empty=True) == 1
    earned = dict(Earning.objects.filter(corrected_by=None).values_list("partner__code", "amount_minor"))
    assert earned == {"north": 50_00, "south": 10_00}
    # A return that another partner hands in takes back what the first one earned.
    send(token, line("2", partner="south", quantity=-1, net_amount="-5000", returns="1"))
    jobs.work(JOB_HANDLERS, stop=Event(), until_empty=True)
    assert refresh_programmes(organisation=market) == []


def test_the_description_is_open_and_complete() -> None:
    description = json.loads(Client().get("/api/v1/openapi.json").content)
    post = description["paths"][SALES]["post"]
    assert set(post["responses"]) >= {"200", "400", "401", "403", "422"}
    schemas = description["components"]["schemas"]
    assert "number" not in json.dumps(schemas["Line"]["properties"]["net_amount"])


def test_the_example_of_the_guide(token: str) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "how-to" / "send-sales.md").read_text(encoding="utf-8")
    request, answer = re.search(r"-d '(.+?)'\n```\n\n```json\n(.+?)```", guide, re.DOTALL).groups()  # type: ignore[union-attr]
    assert told(send(token, request)) == {**json.loads(answer), "import_id": Import.objects.latest("pk").pk}
