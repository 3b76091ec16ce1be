"""What the bank answers: matched, posted once, and what is unclear left to a person."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from headrace.base.models import Mail, Organisation, User
from headrace.ledger.models import Stage
from headrace.partners.models import Partner
from headrace.payouts.answers import note_looked_at, receive_answer
from headrace.payouts.bank_accounts import Readiness, standing_of
from headrace.payouts.models import BankAnswer, BankAnswerEntry, Payout, PayoutBatch
from headrace.payouts.tests import desk


@pytest.fixture
def sent(organisation: Organisation, partners: list[Partner], finance: User, approver: User) -> PayoutBatch:
    """A batch of 100, 200 and 300 euros on its way."""
    desk.pay_from(organisation)
    for number, partner in enumerate(partners[:3]):
        desk.owe(organisation, f"partner:{partner.pk}", 10_000 * (number + 1), str(number))
        desk.account(organisation, partner, finance, number)
    return desk.send(organisation, finance, approver)


@pytest.fixture
def payouts(sent: PayoutBatch) -> list[Payout]:
    return list(sent.payouts.select_related("organisation").order_by("amount_minor"))


def read(batch: PayoutBatch, content: bytes) -> list[tuple[str, str]]:
    """Outcome and problem of each entry."""
    answer, _new = receive_answer(organisation=batch.organisation, name="answer.xml", content=content)
    return list(answer.entries.order_by("position").values_list("outcome", "problem"))


def stages(batch: PayoutBatch) -> tuple[int, int, int]:
    """Payable, on its way, and out of the bank account."""
    return tuple(
        desk.standing(batch.organisation, stage) for stage in (Stage.PAYABLE, Stage.PAID, Stage.BANK)
    )  # type: ignore[return-value]


def states(batch: PayoutBatch) -> list[str]:
    return list(batch.payouts.order_by("amount_minor").values_list("state", flat=True))


def test_a_booking_is_posted_once(sent: PayoutBatch, payouts: list[Payout]) -> None:
    content = desk.camt(*(desk.booking(one) for one in payouts))
    assert read(sent, content) == [("posted", "")] * 3
    assert stages(sent) == (0, 0, 60_000)
    assert read(sent, content) == [("posted", "")] * 3  # the answer of the first time
    assert BankAnswer.objects.count() == 1
    again = desk.camt(*(desk.booking(one) for one in payouts), message="M2", of=desk.CAMT_054)
    assert read(sent, again) == [("nothing_new", "")] * 3
    assert stages(sent) == (0, 0, 60_000)
    assert str(payouts[0].batch.payouts.first().paid_on) == "2026-04-10"  # type: ignore[union-attr]


def test_the_whole_file_is_refused(sent: PayoutBatch) -> None:
    assert read(sent, desk.pain_002(sent, group="RJCT")) == [("posted", "")] * 3
    assert stages(sent) == (60_000, 0, 0)
    assert states(sent) == ["refused"] * 3


def test_one_payment_is_refused_and_its_owner_told(sent: PayoutBatch, payouts: list[Payout]) -> None:
    assert read(sent, desk.pain_002(sent, payouts[:1])) == [("posted", "")]
    assert stages(sent) == (10_000, 50_000, 0)
    told = Mail.objects.get(kind="payouts.payout_failed")
    assert told.to == "p0@shop.example"
    assert "The account is closed." in told.body
    assert desk.IBANS[0] not in told.body
    assert standing_of(sent.organisation, payouts[0].owner).readiness == Readiness.CAME_BACK


def test_accepting_moves_nothing(sent: PayoutBatch) -> None:
    assert read(sent, desk.pain_002(sent, group="ACCP")) == [("nothing_new", "")] * 3
    assert stages(sent) == (0, 60_000, 0)


@pytest.mark.parametrize("is_booked", [True, False])
def test_a_return_is_payable_again(sent: PayoutBatch, payouts: list[Payout], is_booked: bool) -> None:
    if is_booked:
        read(sent, desk.camt(desk.booking(payouts[0])))
    returned = desk.camt(desk.booking(payouts[0], "CRDT", reason="AC04"), message="M2")
    assert read(sent, returned) == [("posted", "")]
    assert stages(sent) == (10_000, 50_000, 0)
    # The booking may be told of after the return: nothing is left of both.
    late = desk.camt(desk.booking(payouts[0]), message="M3")
    assert read(sent, late) == [("nothing_new", "")]
    assert stages(sent) == (10_000, 50_000, 0)


def test_a_batch_is_booked_as_one_sum(sent: PayoutBatch) -> None:
    assert read(sent, desk.camt(desk.whole(sent, 60_000))) == [("posted", "")] * 3
    assert stages(sent) == (0, 0, 60_000)


def test_a_batch_is_booked_without_what_was_refused(sent: PayoutBatch, payouts: list[Payout]) -> None:
    read(sent, desk.pain_002(sent, payouts[:1]))
    assert read(sent, desk.camt(desk.whole(sent, 50_000))) == [("posted", "")] * 2
    assert stages(sent) == (10_000, 0, 50_000)


def test_another_sum_of_a_batch_is_for_a_person(sent: PayoutBatch) -> None:
    assert read(sent, desk.camt(desk.whole(sent, 59_999))) == [("unclear", "unknown")]
    assert stages(sent) == (0, 60_000, 0)


def test_another_amount_is_for_a_person(sent: PayoutBatch, payouts: list[Payout]) -> None:
    assert read(sent, desk.camt(desk.booking(payouts[0], minor=9_999))) == [("unclear", "amount")]
    assert stages(sent) == (0, 60_000, 0)


def test_booked_after_it_was_refused_is_for_a_person(sent: PayoutBatch, payouts: list[Payout]) -> None:
    read(sent, desk.pain_002(sent, payouts[:1]))
    assert read(sent, desk.camt(desk.booking(payouts[0]))) == [("unclear", "after_refusal")]
    assert stages(sent) == (10_000, 50_000, 0)


def test_refused_after_it_was_booked_is_for_a_person(sent: PayoutBatch, payouts: list[Payout]) -> None:
    read(sent, desk.camt(desk.booking(payouts[0])))
    assert read(sent, desk.pain_002(sent, payouts[:1])) == [("unclear", "after_payment")]
    assert stages(sent) == (0, 50_000, 10_000)


def test_the_bank_pays_twice(sent: PayoutBatch, payouts: list[Payout]) -> None:
    twice = desk.camt(desk.booking(payouts[0], bank="B1"), desk.booking(payouts[0], bank="B2"))
    assert read(sent, twice) == [("posted", ""), ("unclear", "second_booking")]


def test_entries_of_others_are_for_a_person_once(
    sent: PayoutBatch, payouts: list[Payout], finance: User
) -> None:
    rent = desk.booking(payouts[0]).replace(payouts[0].reference, "RENT-4711")
    assert read(sent, desk.camt(rent)) == [("unclear", "unknown")]
    entry = BankAnswerEntry.objects.get()
    note_looked_at(entry=entry, user=finance, note="Our rent")
    with pytest.raises(ValidationError, match="already"):
        note_looked_at(entry=entry, user=finance, note="Our rent")


def test_what_was_not_handed_over_is_not_moved(
    organisation: Organisation, partners: list[Partner], finance: User
) -> None:
    desk.pay_from(organisation)
    desk.owe(organisation, f"partner:{partners[0].pk}", 100, "1")
    desk.account(organisation, partners[0], finance)
    batch = desk.prepare(organisation, finance)
    assert read(batch, desk.camt(desk.booking(batch.payouts.get()))) == [("unclear", "not_sent")]
    assert desk.standing(organisation, Stage.HELD) == 100


def test_another_organisation_moves_nothing(
    sent: PayoutBatch, payouts: list[Payout], other_organisation: Organisation
) -> None:
    content = desk.camt(desk.booking(payouts[0]))
    answer, _new = receive_answer(organisation=other_organisation, name="a.xml", content=content)
    assert answer.entries.get().problem == "unknown"
    assert stages(sent) == (0, 60_000, 0)


def test_what_is_only_announced_is_not_read(sent: PayoutBatch, payouts: list[Payout]) -> None:
    assert read(sent, desk.camt(desk.booking(payouts[0]).replace("BOOK", "PDNG"))) == []


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
    b"<Document><BkToCstmrStmt>&c;</BkToCstmrStmt></Document>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    b"<Document><BkToCstmrStmt><GrpHdr><MsgId>&b;</MsgId></GrpHdr></BkToCstmrStmt></Document>"
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (BOMB, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        (OUTSIDE.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"), "DOCTYPE"),
        (b"", "no XML"),
        (b"<Document>", "no XML"),
        (b"<Document><CstmrCdtTrfInitn/></Document>", "another message"),
        (b"<a>" * 300 + b"</a>" * 300, "no XML"),
    ],
)
def test_what_is_no_answer_is_refused_whole(organisation: Organisation, content: bytes, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        receive_answer(organisation=organisation, name="odd.xml", content=content)
    assert not BankAnswer.objects.exists()


def test_by_the_command(
    sent: PayoutBatch, payouts: list[Payout], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "camt.xml"
    file.write_bytes(desk.camt(desk.booking(payouts[0])))
    for told in ("1 posted", "nothing changed"):
        call_command("bank_answer", str(file))
        assert told in capsys.readouterr().out
    (tmp_path / "odd.xml").write_bytes(b"x")
    with pytest.raises(CommandError, match="no XML"):
        call_command("bank_answer", str(tmp_path / "odd.xml"))
