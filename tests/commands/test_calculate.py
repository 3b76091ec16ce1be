"""headrace calculate: files in, earnings and receipts out, or nothing."""

import json
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest

from tests.commands.desk import EARNINGS, PROGRAMME, SALES, Desk

CALCULATE = ("calculate", "programme.yaml", "--sales", "sales.csv", "--out")


class TestEarnings:
    def test_it_writes_them_sorted_as_plain_decimals(self, desk: Desk) -> None:
        ran = desk.run(*CALCULATE, "earnings.csv")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert desk.read("earnings.csv") == EARNINGS

    def test_it_runs_as_an_installed_command(self, desk: Desk) -> None:
        ran = desk.start(*CALCULATE, "-")
        assert (ran.code, ran.out, ran.err) == (0, EARNINGS, "")

    def test_it_needs_no_django(self, desk: Desk) -> None:
        desk.write("django.py", "raise ImportError('the calculator must do without')")
        ran = desk.start(*CALCULATE, "-", PYTHONPATH=str(desk.folder))
        assert (ran.code, ran.out) == (0, EARNINGS)

    def test_the_reference_calculator_gives_the_same(self, desk: Desk) -> None:
        assert desk.run(*CALCULATE, "-", "--backend", "reference").out == EARNINGS

    def test_facts_come_from_standard_input(self, desk: Desk) -> None:
        ran = desk.start("calculate", "programme.yaml", "--sales", "-", "--out", "-", given=SALES.encode())
        assert (ran.code, ran.out) == (0, EARNINGS)

    def test_a_programme_comes_from_standard_input(self, desk: Desk) -> None:
        ran = desk.run("calculate", "-", "--sales", "sales.csv", "--out", "-", given=PROGRAMME)
        assert (ran.code, ran.out) == (0, EARNINGS)

    def test_parquet_gives_the_same(self, desk: Desk) -> None:
        table = arrow_csv.read_csv(desk.folder / "sales.csv")
        amounts = pa.array(
            [Decimal(str(value)) for value in table["net_amount"].to_pylist()], pa.decimal128(12, 2)
        )
        parquet.write_table(table.set_column(4, "net_amount", amounts), desk.folder / "sales.parquet")
        ran = desk.run("calculate", "programme.yaml", "--sales", "sales.parquet", "--out", "-")
        assert (ran.code, ran.out) == (0, EARNINGS)

    def test_the_order_of_the_rows_plays_no_part(self, desk: Desk) -> None:
        header, *rows = SALES.splitlines()
        desk.write("sales.csv", "\n".join([header, *reversed(rows)]) + "\n")
        assert desk.run(*CALCULATE, "-").out == EARNINGS

    def test_no_facts_are_no_earnings(self, desk: Desk) -> None:
        desk.write("sales.csv", SALES.splitlines()[0])
        assert desk.run(*CALCULATE, "-").out == EARNINGS.splitlines()[0] + "\n"

    def test_a_rule_without_its_file_is_told(self, desk: Desk) -> None:
        ran = desk.run("calculate", "programme.yaml", "--out", "-")
        assert (ran.code, ran.out) == (0, EARNINGS.splitlines()[0] + "\n")
        assert ran.err == "programme.yaml: the rule volume earns nothing: no --sales are given\n"

    def test_values_with_commas_and_quotes_are_quoted(self, desk: Desk) -> None:
        desk.write("sales.csv", 'id,partner,on,net_amount\ns1,"Bikes, ""R"" Us",2026-01-05,10000\n')
        ran = desk.run(*CALCULATE, "-")
        assert '"Bikes, ""R"" Us"' in ran.out

    def test_rows_that_earn_zero_are_left_out(self, desk: Desk) -> None:
        assert ",p2," not in desk.run(*CALCULATE, "-").out

    @pytest.mark.parametrize(("currency", "amount"), [("JPY", "110"), ("KWD", "110.005")])
    def test_amounts_have_the_digits_of_the_currency(self, desk: Desk, currency: str, amount: str) -> None:
        desk.write("programme.yaml", PROGRAMME.replace("EUR", currency))
        assert f",{currency},{amount}\n" in desk.run(*CALCULATE, "-").out

    def test_facts_of_one_day_that_earn_alone_are_one_row(self, desk: Desk) -> None:
        document = PROGRAMME.replace("every: quarter", "every: fact").replace("mode: retro", "mode: flat")
        document = document[: document.index("      bands:")] + "      rate: 1%\n    pays: money\n"
        desk.write("programme.yaml", document)
        desk.write("sales.csv", "id,partner,on,net_amount\na,p1,2026-01-05,0.50\nb,p1,2026-01-05,0.50\n")
        rows = desk.run(*CALCULATE, "-").out.splitlines()[1:]
        assert rows == ["bikes-2026,1,volume,partner,p1,,2026-01-05,2026-01-05,EUR,0.02"]


class TestAsOf:
    KNOWN = SALES.replace("net_amount\n", "net_amount,recorded_at\n").replace(
        "0\n", "0,2026-06-30T23:00:00Z\n"
    )

    @pytest.mark.parametrize(
        ("as_of", "rows"),
        [("2026-06-30T23:00:00Z", 2), ("2026-07-01T00:59:59+02:00", 0), ("2026-07-01", 2), ("2026-06-30", 0)],
    )
    def test_it_calculates_on_what_was_known(self, desk: Desk, as_of: str, rows: int) -> None:
        desk.write("sales.csv", self.KNOWN)
        ran = desk.run(*CALCULATE, "-", "--as-of", as_of)
        assert ran.code == 0
        assert len(ran.out.splitlines()) == 1 + rows

    @pytest.mark.parametrize("as_of", ["yesterday", "2026-07-01T00:00:00", "2026-02-31", ""])
    def test_a_moment_has_an_offset(self, desk: Desk, as_of: str) -> None:
        ran = desk.run(*CALCULATE, "-", "--as-of", as_of)
        assert ran.code == 2
        assert f'"{as_of}" is no moment; 2026-07-01T00:00:00Z would be right' in ran.err


class TestReceipts:
    def test_each_earning_has_one_and_what_earned_nothing_too(self, desk: Desk) -> None:
        ran = desk.run(*CALCULATE, "earnings.csv", "--receipts", "receipts.jsonl")
        assert ran.code == 0
        receipts = [json.loads(line) for line in desk.read("receipts.jsonl").splitlines()]
        assert [(each["recipient"], each["period"]["from"], each["amount"]) for each in receipts] == [
            ("p1", "2026-01-01", "110.01"),
            ("p1", "2026-04-01", "0.00"),
            ("p2", "2026-01-01", "0.00"),
            ("p3", "2026-01-01", "1500.00"),
        ]
        assert [fact["id"] for fact in receipts[0]["facts"]] == ["s1", "s2"]

    def test_both_outputs_do_not_go_to_one_place(self, desk: Desk) -> None:
        for place in ("-", "same.csv"):
            ran = desk.run(*CALCULATE, place, "--receipts", place)
            assert (ran.code, ran.out) == (2, "")
            assert ran.err == f"{place}: two outputs would go to it; name a file for each\n"


class TestBadInput:
    """Exit code 2, the place of what is wrong, and nothing written."""

    def refused(self, desk: Desk, *arguments: str) -> str:
        desk.write("earnings.csv", "of the run before\n")
        before = desk.files
        ran = desk.run(*(arguments or (*CALCULATE, "earnings.csv", "--receipts", "receipts.jsonl")))
        assert (ran.code, ran.out) == (2, "")
        assert desk.files == before
        assert desk.read("earnings.csv") == "of the run before\n"
        return ran.err

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ("6000.00", "6000x", 'sales.csv, line 2, column "net_amount": "6000x"; a plain decimal'),
            (
                "2026-02-05,2,5000.50",
                "2026-02-31,2,1",
                'sales.csv, line 3, column "on": "2026-02-31"; a date as',
            ),
            (
                "s3,",
                "s1,",
                'sales.csv, line 4, column "id": "s1" stands on line 2 already; each may stand once',
            ),
            (
                "id,partner",
                "id,partnr",
                'sales.csv, line 1, column "partner": the column is missing; "partnr" must be named so',
            ),
            (
                "net_amount",
                "amount",
                'sales.csv, column "net_amount": the column is missing; the rule "volume" adds it up',
            ),
        ],
    )
    def test_wrong_facts(self, desk: Desk, old: str, new: str, fault: str) -> None:
        desk.write("sales.csv", SALES.replace(old, new, 1))
        assert self.refused(desk).startswith(fault)

    def test_a_partner_that_is_not_listed(self, desk: Desk) -> None:
        desk.write("partners.csv", "id\np1\np2\n")
        arguments = (*CALCULATE, "earnings.csv", "--partners", "partners.csv")
        assert self.refused(desk, *arguments) == (
            'sales.csv, line 5, column "partner": "p3" is not among the partners; '
            "one of the ids in partners.csv would be right\n"
        )

    def test_a_wrong_programme(self, desk: Desk) -> None:
        desk.write("programme.yaml", PROGRAMME.replace("currency: EUR\n", ""))
        assert (
            self.refused(desk)
            == "programme.yaml: currency: this is missing; give a currency of ISO 4217 as EUR\n"
        )

    def test_a_field_that_the_data_lacks(self, desk: Desk) -> None:
        desk.write(
            "programme.yaml", PROGRAMME.replace("to: partner", 'where: sale.chanel == "web"\n    to: partner')
        )
        desk.write("sales.csv", SALES.replace("quantity", "channel"))
        assert self.refused(desk).startswith(
            'programme.yaml: earns[0].where: at character 1, "chanel" is no field of the data; did you mean channel?'
        )

    def test_a_currency_without_a_rate(self, desk: Desk) -> None:
        desk.write("sales.csv", "id,partner,on,net_amount,currency\ns1,p1,2026-01-05,10000,USD\n")
        error = self.refused(desk)
        assert "USD" in error
        assert "2026-01-05" in error

    @pytest.mark.parametrize("path", ["absent.csv", "programme.yaml/sales.csv", "."])
    def test_a_file_that_is_not_there(self, desk: Desk, path: str) -> None:
        error = self.refused(desk, "calculate", "programme.yaml", "--sales", path, "--out", "earnings.csv")
        assert error.startswith(f"{path}: can't be read (")

    def test_standard_input_is_read_once(self, desk: Desk) -> None:
        arguments = ("calculate", "-", "--sales", "-", "--out", "earnings.csv")
        assert self.refused(desk, *arguments) == "-: standard input is named twice; read one file from it\n"

    @pytest.mark.parametrize("out", ["sales.csv", "./programme.yaml"])
    def test_an_input_is_not_overwritten(self, desk: Desk, out: str) -> None:
        error = self.refused(desk, *CALCULATE, out)
        assert error == f"{out}: the output would overwrite an input; name another file\n"

    @pytest.mark.parametrize("out", ["absent/earnings.csv", "."])
    def test_an_output_that_cannot_be_written(self, desk: Desk, out: str) -> None:
        error = self.refused(desk, *CALCULATE, out)
        assert error.startswith(f"{out}: can't be written (")

    @pytest.mark.parametrize(
        "arguments",
        [
            ("calculate",),
            ("calculate", "programme.yaml", "--sales", "sales.csv"),
            (*CALCULATE, "-", "--backend", "abacus"),
            (*CALCULATE, "-", "--sale", "sales.csv"),
            (*CALCULATE, "-", "--sales", "more.csv"),
        ],
        ids=["no programme", "no output", "no such backend", "half an option", "an option twice"],
    )
    def test_wrong_usage(self, desk: Desk, arguments: tuple[str, ...]) -> None:
        assert "usage: headrace " in self.refused(desk, *arguments)

    @pytest.mark.skipif(find_spec("pyspark") is not None, reason="pyspark is installed here")
    def test_a_backend_that_is_not_installed(self, desk: Desk) -> None:
        assert self.refused(desk, *CALCULATE, "earnings.csv", "--backend", "spark") == (
            "--backend: Spark needs pyspark: pip install -r requirements/spark.txt (or 'headrace[spark]'); "
            "another backend would be right too\n"
        )


class TestPlaces:
    def test_what_is_no_plain_file_keeps_its_nature(self, desk: Desk) -> None:
        ran = desk.run(*CALCULATE, "/dev/null")
        assert ran.code == 0
        assert Path("/dev/null").is_char_device()

    def test_a_link_keeps_pointing_to_its_file(self, desk: Desk) -> None:
        (desk.folder / "latest.csv").symlink_to("earnings.csv")
        assert desk.run(*CALCULATE, "latest.csv").code == 0
        assert (desk.folder / "latest.csv").is_symlink()
        assert desk.read("earnings.csv") == EARNINGS
