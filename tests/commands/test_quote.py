"""headrace quote: what one more fact, or an order of several, would bring."""

import json

import pytest

from tests.commands.desk import PROGRAMME, Desk


def add(**fact: object) -> tuple[str, str]:
    return "--add", json.dumps({"partner": "p1", "on": "2026-03-01", **fact})


QUOTE = ("quote", "programme.yaml", "--sales", "sales.csv")


def test_it_tells_what_a_sale_brings_and_what_is_missing_then(desk: Desk) -> None:
    ran = desk.run(*QUOTE, *add(net_amount=5000))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "volume: p1 earns 50.00 EUR more for 2026-01-01 to 2026-03-31 (160.01 instead of 110.01).",
        "In all it brings 50.00 EUR.",
        "volume: 33,999.50 EUR more by 2026-03-31 brings p1 1,089.99 EUR more.",
    ]


def test_an_order_has_several_lines(desk: Desk) -> None:
    one = desk.run(*QUOTE, *add(net_amount=39000))
    order = json.dumps([{"partner": "p1", "on": "2026-03-01", "net_amount": "19500.00"}] * 2)
    assert desk.run(*QUOTE, "--add", order).out == one.out
    assert desk.run(*QUOTE, *add(net_amount=19500), *add(net_amount=19500)).out == one.out


def test_at_the_top_nothing_is_missing(desk: Desk) -> None:
    ran = desk.run(*QUOTE, *add(net_amount="38999.50"))
    assert ran.out.splitlines()[0].endswith("(1,250.00 instead of 110.01).")
    assert len(ran.out.splitlines()) == 2


def test_amounts_are_read_to_the_last_digit(desk: Desk) -> None:
    below = desk.run(*QUOTE, "--add", '{"partner": "p1", "on": "2026-03-01", "net_amount": 38999.499999999}')
    assert "volume: 0.01 EUR more by 2026-03-31 brings p1" in below.out


def test_what_brings_nothing_is_told(desk: Desk) -> None:
    ran = desk.run(*QUOTE, *add(net_amount=5000, on="2027-03-01"))
    assert (ran.code, ran.out) == (0, "It brings nothing.\n")


def test_a_new_partner_is_quoted(desk: Desk) -> None:
    ran = desk.run(*QUOTE, *add(partner="p9", net_amount=4000))
    assert ran.out.splitlines() == [
        "It brings nothing.",
        "volume: 6,000.00 EUR more by 2026-03-31 brings p9 100.00 EUR more.",
    ]


def test_a_person_and_a_partner_of_one_id_are_told_apart(desk: Desk) -> None:
    ran = desk.run(*QUOTE, *add(partner="p2", person="p3", net_amount=4000))
    assert ran.out.splitlines() == [
        "It brings nothing.",
        "volume: 1,000.00 EUR more by 2026-03-31 brings p2 100.00 EUR more.",
    ]


def test_without_a_file_only_the_added_fact_counts(desk: Desk) -> None:
    ran = desk.run("quote", "programme.yaml", *add(net_amount=12000))
    assert "volume: p1 earns 120.00 EUR more" in ran.out
    assert ran.err == ""


def test_the_programme_comes_from_standard_input(desk: Desk) -> None:
    ran = desk.run("quote", "-", *QUOTE[2:], *add(net_amount=5000), given=PROGRAMME)
    assert "In all it brings 50.00 EUR." in ran.out


def test_columns_that_only_the_added_fact_has_count(desk: Desk) -> None:
    desk.write("programme.yaml", PROGRAMME.replace("to: partner", 'where: channel == "web"\n    to: partner'))
    ran = desk.run(*QUOTE, *add(net_amount=12000, channel="web"))
    assert "volume: p1 earns 120.00 EUR more" in ran.out


@pytest.mark.parametrize(
    ("fact", "fault"),
    [
        ({"net_amount": "12x"}, '--add, fact 1, column "net_amount": "12x"; a plain decimal'),
        ({"on": "2026-02-31"}, '--add, fact 1, column "on": "2026-02-31"; a date as 2026-01-31'),
        ({"partner": None}, '--add, fact 1, column "partner": the value is empty; each row needs one'),
        ({"partner": "p8"}, '--add, fact 1, column "partner": "p8" is not among the partners'),
        ({"id": "s1"}, '--add, fact 1, column "id": "s1" is the id of a fact in the file'),
        ({"net_amount": [1]}, '--add, column "net_amount": a list or an object; a text, a number'),
        ({"facts": "sales"}, '--add: "facts": "sales"; one of sale, deal, event would be right'),
    ],
)
def test_a_wrong_fact_is_refused(desk: Desk, fact: dict[str, object], fault: str) -> None:
    desk.write("partners.csv", "id\np1\np2\np3\n")
    ran = desk.run(*QUOTE, "--partners", "partners.csv", *add(**fact))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(fault)


@pytest.mark.parametrize("text", ["", "{", "5", "[]]", '["p1"]', "{}", '{"partner": 1e3x}'])
def test_what_is_no_fact_is_refused(desk: Desk, text: str) -> None:
    ran = desk.run(*QUOTE, "--add", text)
    assert (ran.code, ran.out) == (2, "")
    assert "would be right" in ran.err


def test_facts_of_another_kind_say_so(desk: Desk) -> None:
    event = PROGRAMME.replace("facts: sale", "facts: event").replace(
        "base: sum(net_amount)", "base: sum(value)"
    )
    desk.write("programme.yaml", event)
    desk.write("events.csv", "id,partner,on,type,value\ne1,p1,2026-01-05,course.completed,9000\n")
    ran = desk.run(
        "quote",
        "programme.yaml",
        "--events",
        "events.csv",
        *add(facts="event", type="course.completed", value=1000),
    )
    assert "volume: p1 earns 100.00 EUR more" in ran.out
