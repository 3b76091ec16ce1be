"""headrace compare: the money between two programmes, recipient by recipient."""

from tests.commands.desk import PROGRAMME, Desk

COMPARE = ("compare", "programme.yaml", "new.yaml", "--sales", "sales.csv")
NEW = PROGRAMME.replace("{from: 10000, rate: 1%}", "{from: 5000, rate: 0.8%}")
TABLE = """\
to,recipient,unit,old,new,difference
partner,p1,EUR,110.01,160.00,49.99
partner,p2,EUR,0.00,40.00,40.00
partner,p3,EUR,1500.00,1500.00,0.00
total,,EUR,1610.01,1700.00,89.99
"""
SENTENCE = (
    "The new document pays 1,700.00 EUR, the old one 1,610.01: 89.99 more; 2 gain, 0 lose, 1 stay the same.\n"
)


def test_it_tells_who_gains_and_who_loses(desk: Desk) -> None:
    desk.write("new.yaml", NEW)
    ran = desk.run(*COMPARE)
    assert (ran.code, ran.out, ran.err) == (0, TABLE, SENTENCE)


def test_the_other_way_round_the_differences_turn(desk: Desk) -> None:
    desk.write("new.yaml", NEW)
    ran = desk.run("compare", "new.yaml", "programme.yaml", "--sales", "sales.csv")
    assert ran.out.splitlines()[1] == "partner,p1,EUR,160.00,110.01,-49.99"
    assert "89.99 less; 0 gain, 2 lose, 1 stay the same." in ran.err


def test_units_are_told_apart(desk: Desk) -> None:
    desk.write("new.yaml", PROGRAMME.replace("pays: money", "pays: {points: stars}"))
    ran = desk.run(*COMPARE)
    assert ran.out.splitlines()[1:3] == ["partner,p1,EUR,110.01,0.00,-110.01", "partner,p1,stars,0,110,110"]
    assert len(ran.err.splitlines()) == 2


def test_it_writes_a_file(desk: Desk) -> None:
    desk.write("new.yaml", NEW)
    ran = desk.run(*COMPARE, "--out", "differences.csv")
    assert (ran.code, ran.out) == (0, "")
    assert desk.read("differences.csv") == TABLE


def test_without_earnings_it_says_so(desk: Desk) -> None:
    desk.write("new.yaml", NEW)
    desk.write("sales.csv", "id,partner,on,net_amount\n")
    ran = desk.run(*COMPARE)
    assert (ran.code, ran.out) == (0, TABLE.splitlines()[0] + "\n")
    assert ran.err == "Neither document pays anything on these facts.\n"


def test_a_wrong_document_is_named(desk: Desk) -> None:
    desk.write("new.yaml", NEW.replace("EUR", "EURO"))
    ran = desk.run(*COMPARE, "--out", "differences.csv")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("new.yaml: currency: ")
    assert "differences.csv" not in desk.files
