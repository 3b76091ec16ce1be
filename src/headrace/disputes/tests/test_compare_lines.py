"""A partner's own file beside what is known: row by row, with what each difference would bring by the same engine."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from headrace.base.models import User
from headrace.disputes.actions import decide_dispute
from headrace.disputes.comparison_actions import begin_comparison, dispute_rows
from headrace.disputes.holding import held_minor
from headrace.disputes.models import Answer, Comparison, Reason
from headrace.disputes.tests.conftest import earning, programme, work
from headrace.earnings.models import Earning
from headrace.kernel.period import Period
from headrace.partners.models import Person
from headrace.sales.models import SalesFile, SalesLine

QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))
# L-1 as we have it; L-2 with another amount; one that we don't have; one of another quarter; one that can't be read.
OWN = """Invoice;Date;Article;Pieces;Net
L-1;01.02.2026;Bike;1;5.000,00
L-2;02.02.2026;bike;1;3.500,00
R-77;15.03.2026;BIKE;2;1.000,00
R-78;15.04.2026;bike;1;900,00
R-79;31.02.2026;bike;1;900,00
"""


def laid_beside(person: Person, text: str = OWN) -> Comparison:
    return begin_comparison(
        person=person,
        programme=programme(),
        period=QUARTER,
        upload=SimpleUploadedFile("own.csv", text.encode()),
    )


def told(comparison: Comparison) -> list[tuple[str, str, list[str], dict[str, int]]]:
    assert comparison.result is not None
    return [
        (row["kind"], row["fact"].strip(), row["differs"], row["brings"]) for row in comparison.result["rows"]
    ]


def test_each_difference_with_what_it_would_bring(olga: Person) -> None:
    lines = SalesLine.objects.count()
    comparison = laid_beside(olga)
    assert told(comparison) == [
        ("differs", "L-2", ["net_amount"], {"EUR": 5_00}),
        ("theirs", "row-4", [], {"EUR": 10_00}),
        ("both", "L-1", [], {}),
    ]
    assert comparison.result is not None
    assert comparison.result["totals"] == {"EUR": 15_00}
    assert comparison.result["rest"] == {}
    assert comparison.result["outside"] == 1
    assert len(comparison.result["problems"]) == 1
    assert "Row 6" in comparison.result["problems"][0]
    # Nothing is taken in.
    assert SalesLine.objects.count() == lines
    assert not SalesFile.objects.filter(name="own.csv").exists()


def test_a_band_that_is_reached_is_told_apart_from_the_rows(olga: Person) -> None:
    """With 10,000 in all, all sales earn 2%: 8,000 that both have bring 80 more, 2,000 that are missing 40."""
    text = (
        OWN.splitlines()[0]
        + "\nL-1;01.02.2026;Bike;1;5000\nL-2;02.02.2026;Bike;1;3000\nR-1;01.03.2026;Bike;1;2000\n"
    )
    comparison = laid_beside(olga, text)
    assert comparison.result is not None
    assert comparison.result["totals"] == {"EUR": 120_00}
    assert comparison.result["rest"] == {"EUR": 80_00}
    assert told(comparison)[0] == ("theirs", "row-4", [], {"EUR": 40_00})


def test_what_only_we_have_brings_less_without(olga: Person) -> None:
    comparison = laid_beside(olga, "Invoice;Date;Article;Pieces;Net\nL-1;01.02.2026;Bike;1;5000\n")
    assert told(comparison)[0] == ("ours", "L-2", [], {"EUR": -30_00})


def test_a_dispute_for_chosen_rows_brings_what_was_foretold(olga: Person, approver: User) -> None:
    comparison = laid_beside(olga)
    assert comparison.result is not None
    chosen = [row["fact"] for row in comparison.result["rows"] if row["kind"] != "both"]
    dispute = dispute_rows(comparison=comparison, facts=chosen)
    assert {item.reason for item in dispute.items.all()} == {Reason.WRONG_AMOUNT, Reason.MISSING_SALE}
    assert held_minor(dispute) == 0  # it asks for more
    decide_dispute(
        dispute=dispute,
        user=approver,
        accepted=[item.pk for item in dispute.items.all()],
        answer=Answer.PUT_RIGHT,
    )
    work()
    assert earning().amount_minor == 80_00 + comparison.result["totals"]["EUR"]
    assert Earning.objects.filter(partner__code="south").count() == 1


def test_what_only_we_have_is_in_question(olga: Person) -> None:
    comparison = laid_beside(olga, "Invoice;Date;Article;Pieces;Net\nL-1;01.02.2026;Bike;1;5000\n")
    assert held_minor(dispute_rows(comparison=comparison, facts=["L-2"])) == 30_00


def test_rows_that_are_the_same_are_not_questioned(olga: Person) -> None:
    with pytest.raises(ValidationError, match="the same on both sides"):
        dispute_rows(comparison=laid_beside(olga), facts=["L-1"])
    with pytest.raises(ValidationError, match="from one to 200"):
        dispute_rows(comparison=laid_beside(olga), facts=["row-99"])


def test_nothing_of_another_partner_is_told(rita: Person) -> None:
    """Who writes our ids of North's lines into a file learns nothing about them."""
    comparison = laid_beside(rita)
    assert all(row["kind"] != "both" and row["fact"] != "L-1" for row in (comparison.result or {})["rows"])
    assert {row["fact"] for row in (comparison.result or {})["rows"] if row["ours"]} == {"L-3"}


def test_columns_that_nobody_can_tell_are_chosen(olga: Person) -> None:
    comparison = laid_beside(olga, "A;B\n1;2\n3;4\n")
    assert comparison.result is None


def test_what_is_no_table_is_refused(olga: Person) -> None:
    with pytest.raises(ValidationError):
        laid_beside(olga, "")
    assert not Comparison.objects.exists()
