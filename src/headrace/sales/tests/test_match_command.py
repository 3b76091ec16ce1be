"""`headrace match`: what waits is listed, confirmed, decided, undone."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from headrace.partners.models import Partner
from headrace.sales.models import Alias, SalesLine
from headrace.sales.tests.conftest import row, sales
from headrace.sales.withdrawals import standing_lines


@pytest.fixture
def match(desk, capsys):
    Partner.objects.create(organisation=desk.organisation, code="wh-1", name="Warehouse GmbH")
    desk.take(
        "sales.csv", sales(row("L1", Dealer="Warehose"), row("L2", Dealer="Zyx"), row("L3", Article="byke"))
    )

    def match(*options: str) -> list[str]:
        call_command("match", *options)
        return capsys.readouterr().out.splitlines()

    return match


def test_what_waits_is_listed(match):
    assert match("--kind", "partner", "--source", "north") == [
        "Warehose (partner, north, 1 row): Warehouse GmbH (wh-1), 89 of 100. 1 letter differs.",
        "Zyx (partner, north, 1 row): nothing is like it",
    ]


def test_what_has_the_score_is_confirmed(match):
    assert match("--confirm", "85")[-1] == "1 text decided. Rows taken in: 1, not taken in: 0."
    assert SalesLine.objects.get().partner.code == "wh-1"


def test_a_text_is_decided_and_undone(match, desk):
    match("--decide", "zyx", "p2")
    match("--not-ours", "byke")
    assert [line.partner.code for line in SalesLine.objects.all()] == ["p2"]
    assert match("--undo", "ZYX") == ["“ZYX” is undone: 1 line withdrawn."]
    assert not standing_lines(desk.organisation).exists()
    assert Alias.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--decide", "Zyx", "p9"), "Partner “p9” is not known."),
        (("--decide", "Nobody", "p1"), "“Nobody” does not wait for a decision."),
        (("--not-ours", "Nobody"), "“Nobody” does not wait for a decision."),
        (("--undo", "Zyx"), "Nothing is decided on “Zyx”."),
    ],
)
def test_what_is_not_there_is_told(match, options, told):
    with pytest.raises(CommandError, match=told) as error:
        match(*options)
    assert error.value.returncode == 2
    assert not Alias.objects.exists()
