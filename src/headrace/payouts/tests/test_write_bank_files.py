"""Bank files: valid by the schema, right by their sums, the same bytes each time."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from headrace.payouts.bank import nacha, pain001
from headrace.payouts.bank.orders import Account, BankFileError, Order, Payment, plain
from headrace.payouts.tests.desk import IBANS

PAYER = Account("Acme & Söhne GmbH", iban="DE75512108001245126199", bic="SOGEDEFFXXX")
ORDER = Order(
    reference="HR-B0000007",
    made_at=datetime(2026, 4, 1, 9, 30, tzinfo=UTC),
    execution_on=date(2026, 4, 2),
    unit="EUR",
    payer=PAYER,
    payments=tuple(
        Payment(f"HR-P{number:07}", 10_000 + number, Account(f"Händler {number}", iban=iban), "Acme <1>")
        for number, iban in enumerate(IBANS)
    ),
)
AMERICAN = Order(
    reference="HR-B0000008",
    made_at=datetime(2026, 4, 1, 9, 30, tzinfo=UTC),
    execution_on=date(2026, 4, 2),
    unit="USD",
    payer=Account("Acme Inc", routing="011000015", number="99887766"),
    payments=(
        Payment("HR-P0000001", 150_000, Account("North Inc", routing="021000021", number="111"), "x"),
        Payment(
            "HR-P0000002", 25_050, Account("South", routing="026009593", number="22", is_savings=True), "x"
        ),
        Payment("HR-P0000003", 5, Account("Zoë Doe", routing="121000358", number="3"), "x", is_company=False),
    ),
    company_id="1234567890",
    bank_name="Federal Bank",
)


def test_pain_001_is_valid_and_adds_up() -> None:
    content = pain001.write(ORDER)
    document = etree.fromstring(content)
    pain001.check(document)
    found = {"p": pain001.NAMESPACE}
    assert set(document.xpath("//p:CtrlSum/text()", namespaces=found)) == {"600.15"}
    assert document.xpath("//p:EndToEndId/text()", namespaces=found)[1] == "HR-P0000001"
    assert document.xpath("//p:Cdtr/p:Nm/text()", namespaces=found)[0] == "Handler 0"
    assert content == pain001.write(ORDER)


def test_other_currencies_are_no_sepa_payment() -> None:
    content = pain001.write(replace(ORDER, unit="JPY"))
    assert b"SEPA" not in content
    assert b'Ccy="JPY">10000<' in content


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, payments=()),
        replace(ORDER, payer=replace(PAYER, iban="not one")),
        replace(ORDER, payer=replace(PAYER, bic="X")),
        replace(ORDER, reference="x" * 36),
    ],
)
def test_an_invalid_file_is_never_given_out(order: Order) -> None:
    with pytest.raises(BankFileError):
        pain001.write(order)


def test_nacha_is_blocked_and_balanced() -> None:
    lines = nacha.write(AMERICAN).decode("ascii").splitlines()
    assert {len(line) for line in lines} == {94}
    assert len(lines) % 10 == 0
    kinds = "".join(line[0] for line in lines)
    assert kinds == "15666856689" + "9" * 9
    control = lines[10]
    entries = [line for line in lines if line[0] == "6"]
    assert int(control[1:7]) == 2
    assert int(control[7:13]) * 10 == len(lines)
    assert int(control[13:21]) == len(entries)
    assert int(control[21:31]) == sum(int(line[3:11]) for line in entries)
    assert control[31:43] == control[43:55] == f"{175_055:012}"
    debits = [int(line[29:39]) for line in entries if line[1:3] == "27"]
    assert debits == [175_050, 5]


def test_nacha_tells_companies_from_persons() -> None:
    lines = nacha.write(AMERICAN).decode("ascii").splitlines()
    assert [line[50:53] for line in lines if line[0] == "5"] == ["CCD", "PPD"]
    assert [line[1:3] for line in lines if line[0] == "6"] == ["22", "32", "27", "22", "27"]
    assert "ZOE DOE" in lines[7]


def test_the_hash_of_banks_keeps_its_last_ten_digits() -> None:
    many = tuple(replace(AMERICAN.payments[2], is_company=True) for _ in range(900))
    lines = nacha.write(replace(AMERICAN, payments=many)).decode("ascii").splitlines()
    total = 900 * 12_100_035 + 1_100_001
    assert total >= 10**10
    assert lines[-1][0] == "9"
    control = next(line for line in lines if line[0] == "8")
    assert int(control[10:20]) == total % 10**10


@pytest.mark.parametrize(
    "order",
    [
        replace(AMERICAN, unit="EUR"),
        replace(AMERICAN, payments=(replace(AMERICAN.payments[0], amount_minor=10**10),)),
    ],
)
def test_what_does_not_fit_nacha_is_refused(order: Order) -> None:
    with pytest.raises(BankFileError):
        nacha.write(order)


def test_names_in_signs_that_every_bank_takes() -> None:
    assert plain("Müller & Söhne – (Räder)", 70) == "Muller Sohne - (Rader)"
    assert plain("شركة", 70)
    assert plain("x" * 99, 70) == "x" * 70
