"""Loading facts and what they refer to: typed exactly, or refused with file, line, column and value."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from headrace.engine.faults import SHOWN_FAULTS_MAX, InputError
from headrace.engine.files import load
from headrace.engine.tables import MOMENT, NUMBER, Inputs

SALES = "id,partner,on,net_amount\n"


class Folder:
    """Writes files into a folder of its own and loads them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, **files: str | bytes | pa.Table) -> Inputs:
        paths = {}
        for name, content in files.items():
            path = self.path / f"{name}.{'parquet' if isinstance(content, pa.Table) else 'csv'}"
            if isinstance(content, pa.Table):
                parquet.write_table(content, path)
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            paths[name] = str(path)
        return load(paths)

    def faults(self, **files: str | bytes | pa.Table) -> list[str]:
        with pytest.raises(InputError) as error:
            self.load(**files)
        return [line.removeprefix(f"{self.path}/") for line in str(error.value).splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


class TestGoodFiles:
    def test_it_types_the_standard_columns_exactly(self, folder: Folder) -> None:
        sales = folder.load(
            sales="id,partner,on,recorded_at,net_amount,quantity\n"
            "s1,p1,2026-02-28,2026-03-01T12:00:00+02:00,123456789012345678.123456789,-0.5\n"
            "s2,p1,2026-03-01,2026-03-02,+1,.25\n"
            "s3,p1,2026-03-01,,,\n"
        ).sales
        assert sales is not None
        assert sales.schema.types == [pa.string(), pa.string(), pa.date32(), MOMENT, NUMBER, NUMBER]
        assert sales["net_amount"].to_pylist() == [Decimal("123456789012345678.123456789"), 1, None]
        assert sales["quantity"].to_pylist() == [Decimal("-0.5"), Decimal("0.25"), None]
        assert sales["on"].to_pylist()[0] == date(2026, 2, 28)
        assert sales["recorded_at"].to_pylist() == [
            datetime(2026, 3, 1, 10, tzinfo=UTC),
            datetime(2026, 3, 2, tzinfo=UTC),
            None,
        ]

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (("1", "2.50"), NUMBER),
            (("true", "false"), pa.bool_()),
            (("2026-01-01", ""), pa.date32()),
            (("web", "1"), pa.string()),
            (("007", "8"), pa.string()),
            (("1e3", "2"), pa.string()),
            (("", ""), pa.string()),
            (("12345678901234567890", "1"), pa.string()),
            (("2026-02-31", "2026-01-01"), pa.string()),
        ],
    )
    def test_further_columns_are_what_their_values_say(
        self, folder: Folder, values: tuple[str, str], kind: pa.DataType
    ) -> None:
        rows = "".join(f"s{number},p1,2026-01-01,{value}\n" for number, value in enumerate(values))
        sales = folder.load(sales="id,partner,on,extra\n" + rows).sales
        assert sales is not None
        assert sales.schema.field("extra").type == kind

    @pytest.mark.parametrize(
        "content",
        [
            b"\xef\xbb\xbf" + SALES.encode() + b"s1,p1,2026-01-01,10.00\n",
            SALES.replace("\n", "\r\n").encode() + b"s1,p1,2026-01-01,10.00\r\n\r\n\r\n",
            SALES.encode() + b"s1,p1,2026-01-01,10.00",
            SALES.encode() + b'"s1","p1","2026-01-01","10.00"\n',
            b"id, partner ,on,net_amount\ns1,p1,2026-01-01,10.00\n",
        ],
        ids=[
            "byte-order mark",
            "CRLF and empty last lines",
            "no last line feed",
            "quotes",
            "blanks in header",
        ],
    )
    def test_it_reads_csv_as_programs_write_it(self, folder: Folder, content: bytes) -> None:
        sales = folder.load(sales=content).sales
        assert sales is not None
        assert sales.to_pylist() == [
            {"id": "s1", "partner": "p1", "on": date(2026, 1, 1), "net_amount": Decimal("10.00")}
        ]

    def test_it_keeps_commas_quotes_and_line_feeds_inside_quotes(self, folder: Folder) -> None:
        sales = folder.load(
            sales='id,partner,on,note\ns1,"Bikes, ""R"" Us\nInc.",2026-01-01,12" wheel\n'
        ).sales
        assert sales is not None
        assert sales["partner"].to_pylist() == ['Bikes, "R" Us\nInc.']
        assert sales["note"].to_pylist() == ['12" wheel']

    def test_a_header_alone_is_no_rows(self, folder: Folder) -> None:
        sales = folder.load(sales=SALES).sales
        assert sales is not None
        assert sales.num_rows == 0
        assert sales.column_names == ["id", "partner", "on", "net_amount"]

    def test_a_column_that_is_empty_keeps_its_kind(self, folder: Folder) -> None:
        sales = folder.load(sales="id,partner,on,net_amount,recorded_at,extra\ns1,p1,2026-01-01,,,\n").sales
        assert sales is not None
        assert sales.schema.types[3:] == [NUMBER, MOMENT, pa.string()]

    def test_a_column_is_judged_by_all_its_values(self, folder: Folder) -> None:
        values = ["", *["1"] * 1500, "x"]
        rows = "".join(f"s{n},p1,2026-01-01,{value},{value[:-1]}5\n" for n, value in enumerate(values))
        sales = folder.load(sales="id,partner,on,late_text,late_number\n" + rows).sales
        assert sales is not None
        assert sales.schema.types[3:] == [pa.string(), NUMBER]

    def test_a_return_may_name_a_line_that_is_not_known(self, folder: Folder) -> None:
        assert folder.load(sales="id,partner,on,returns\nr1,p1,2026-01-01,long-ago\n").sales is not None

    def test_valid_from_alone_says_how_attributes_changed(self, folder: Folder) -> None:
        partners = folder.load(
            partners="id,tier,valid_from\np1,gold,2026-01-01\np2,silver,\np1,silver,2025-01-01\n"
        ).partners
        assert partners is not None
        assert partners["valid_to"].to_pylist() == [None, None, date(2025, 12, 31)]
        assert partners["tier"].to_pylist() == ["gold", "silver", "silver"]


class TestParquet:
    def test_it_takes_types_that_hold_the_values_exactly(self, folder: Folder) -> None:
        sales = folder.load(
            sales=pa.table(
                {
                    "id": pa.array([1, 2]),
                    "partner": pa.array(["p1", "p2"]).dictionary_encode(),
                    "on": [datetime(2026, 1, 1), datetime(2026, 1, 2)],  # noqa: DTZ001
                    "net_amount": [Decimal("1.50"), Decimal("2.25")],
                    "quantity": pa.array([1, 2], pa.int16()),
                    "code": ["007", "8"],
                }
            )
        ).sales
        assert sales is not None
        assert sales["id"].to_pylist() == ["1", "2"]
        assert sales["on"].to_pylist() == [date(2026, 1, 1), date(2026, 1, 2)]
        assert sales["net_amount"].to_pylist() == [Decimal("1.50"), Decimal("2.25")]
        assert sales.schema.field("quantity").type == NUMBER
        assert sales.schema.field("code").type == pa.string()

    @pytest.mark.parametrize(
        ("column", "values", "fault"),
        [
            (
                "net_amount",
                [1.5],
                'sales.parquet, column "net_amount": a column of type double, which can\'t hold cents exactly; '
                "decimal128(38, 9) or an integer would be right",
            ),
            (
                "on",
                [datetime(2026, 1, 1, 3)],  # noqa: DTZ001
                'sales.parquet, row 1, column "on": "2026-01-01 03:00:00"; a date as 2026-01-31 would be right',
            ),
            (
                "recorded_at",
                [datetime(2026, 1, 1)],  # noqa: DTZ001
                'sales.parquet, column "recorded_at": a column of type timestamp[us]; '
                "timestamp with a time zone would be right",
            ),
            (
                "channel",
                [["web"]],
                'sales.parquet, column "channel": a column of type list<element: string>; '
                "text, decimal, integer, date or bool would be right, or leave it out",
            ),
        ],
    )
    def test_it_refuses_a_type_that_does_not(
        self, folder: Folder, column: str, values: list[object], fault: str
    ) -> None:
        columns = {"id": ["s1"], "partner": ["p1"], "on": [date(2026, 1, 1)], column: values}
        assert folder.faults(sales=pa.table(columns)) == [fault]

    def test_it_refuses_a_column_twice(self, folder: Folder) -> None:
        table = pa.table(
            [["s1"], ["p1"], ["p2"], [date(2026, 1, 1)]], names=["id", "partner", "partner", "on"]
        )
        assert folder.faults(sales=table) == [
            'sales.parquet, column "partner": the header names it twice (columns 2 and 3); name each column once'
        ]

    def test_it_refuses_a_file_that_is_none(self, folder: Folder) -> None:
        path = folder.path / "sales.parquet"
        path.write_text(SALES)
        with pytest.raises(InputError, match=r"sales.parquet: no Parquet file"):
            load({"sales": str(path)})


class TestFilesThatCannotBeRead:
    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"", "sales.csv: the file is empty; its first line must name the columns"),
            (b"\n \n", "sales.csv: the file is empty; its first line must name the columns"),
            (
                SALES.encode() + b"s1,caf\xe9,2026-01-01,1\n",
                "sales.csv, line 2: the byte 0xe9 is no UTF-8; save the file as UTF-8",
            ),
            ("id,partner,on\n".encode("utf-16"), "sales.csv: the file is UTF-16; save it as UTF-8"),
            (
                SALES.encode() + b"s1,p1,2026-01-01,1\ns2,p\0,2026-01-01,1\n",
                "sales.csv, line 3: a NUL byte: this is no text; CSV in UTF-8 would be right",
            ),
            (
                b"id;partner;on\ns1;p1;2026-01-01\n",
                'sales.csv, line 1: the columns are separated by ";"; separate them by commas',
            ),
            (
                b"id,partner,on,id\n",
                'sales.csv, line 1, column "id": the header names it twice (columns 1 and 4); name each column once',
            ),
            (b"id,partner,on,\n", "sales.csv, line 1: column 4 has no name; give each column a name"),
            (
                b'id,partner,on\ns1,p1,2026-01-01\ns2,"p1,2026-01-02\ns3,p1,2026-01-03\n',
                "sales.csv, line 3: a quotation mark is not closed or stands inside a value (unexpected end of data); "
                "put the value in quotes and double those inside it",
            ),
        ],
        ids=[
            "empty",
            "blank",
            "not UTF-8",
            "UTF-16",
            "NUL",
            "semicolons",
            "column twice",
            "nameless column",
            "open quote",
        ],
    )
    def test_it_says_what_they_are(self, folder: Folder, content: bytes, fault: str) -> None:
        assert folder.faults(sales=content) == [fault]

    def test_it_names_each_ragged_row_with_its_line(self, folder: Folder) -> None:
        content = SALES + '"s\n1",p1,2026-01-01,1\n\ns2,p1\ns3,p1,2026-01-01,1,234.00\n'
        assert folder.faults(sales=content) == [
            "sales.csv, line 5: 2 values; the header names 4 columns",
            "sales.csv, line 6: 5 values; the header names 4 columns",
        ]

    @pytest.mark.parametrize(
        ("path", "fault"),
        [
            (
                "absent.csv",
                "absent.csv: can't be read (No such file or directory); name a file that can be read",
            ),
            (
                "absent.parquet",
                "absent.parquet: can't be read (No such file or directory); name a file that can be read",
            ),
            ("folder.csv", "folder.csv: can't be read (Is a directory); name a file that can be read"),
            ("sales.xlsx", "sales.xlsx: a spreadsheet; save it as CSV (UTF-8) or Parquet"),
        ],
    )
    def test_it_says_why(self, tmp_path: Path, path: str, fault: str) -> None:
        (tmp_path / "folder.csv").mkdir()
        with pytest.raises(InputError) as error:
            load({"sales": str(tmp_path / path)})
        assert str(error.value) == f"{tmp_path}/{fault}"


class TestWrongValues:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("net_amount", "12x"),
            ("net_amount", "1,200.00"),
            ("net_amount", "1e3"),
            ("net_amount", "1."),
            ("net_amount", " 1"),
            ("net_amount", "NaN"),
            ("net_amount", "−5"),
            ("net_amount", "0.1234567891"),
            ("net_amount", "1234567890123456789"),
            ("on", "2026-02-31"),
            ("on", "31.01.2026"),
            ("on", "2026-1-1"),
            ("on", "0000-01-01"),
            ("on", "2026-01-01T00:00:00"),
            ("recorded_at", "2026-01-01T00:00:00"),
            ("recorded_at", "2026-01-01T25:00:00Z"),
            ("recorded_at", "yesterday"),
            ("currency", "euro"),
            ("currency", "eur"),
            ("credits", "anna"),
            ("credits", "anna:60"),
            ("credits", "anna:60%;ben:41%"),
            ("credits", "anna:60%;anna:40%"),
        ],
    )
    def test_it_names_line_column_and_value(self, folder: Folder, column: str, value: str) -> None:
        row = {"id": "s2", "partner": "p1", "on": "2026-01-01", column: f'"{value}"'}
        good = {**row, "id": "s1", "on": "2026-01-01", **({column: ""} if column != "on" else {})}
        lines = [",".join(each) for each in (row, good.values(), row.values())]
        [fault] = folder.faults(sales="\n".join(lines) + "\n")
        assert fault.startswith(f'sales.csv, line 3, column "{column}": "{value}"; ')
        assert fault.endswith(("would be right", "9 after"))

    @pytest.mark.parametrize("value", ["yes", "True", "1"])
    def test_a_truth_is_true_or_false(self, folder: Folder, value: str) -> None:
        deals = f"id,partner,on,strategic\nd1,p1,2026-01-01,true\nd2,p1,2026-01-01,{value}\n"
        assert folder.faults(deals=deals) == [
            f'deals.csv, line 3, column "strategic": "{value}"; true or false would be right'
        ]

    def test_lines_are_right_after_line_feeds_in_quotes(self, folder: Folder) -> None:
        content = SALES + '"s\n\n1",p1,2026-01-01,1\n\ns2,p1,2026-01-01,x\n'
        [fault] = folder.faults(sales=content)
        assert fault.startswith('sales.csv, line 6, column "net_amount": "x"')

    def test_it_shows_the_first_and_counts_the_rest(self, folder: Folder) -> None:
        rows = "".join(f"s{number},p1,2026-01-01,x{number}\n" for number in range(50))
        faults = folder.faults(sales=SALES + rows)
        assert len(faults) == SHOWN_FAULTS_MAX + 1
        assert faults[-1] == f"and {50 - SHOWN_FAULTS_MAX} more"

    def test_it_tells_of_all_files_at_once(self, folder: Folder) -> None:
        faults = folder.faults(sales=SALES + "s1,p1,never,1\n", partners="name\nBikes\n")
        assert [fault.split(",")[0] for fault in faults] == ["sales.csv", "partners.csv"]

    def test_a_long_value_is_cut(self, folder: Folder) -> None:
        [fault] = folder.faults(sales=SALES + f"s1,p1,{'x' * 5000},1\n")
        assert len(fault) < 250


class TestRows:
    @pytest.mark.parametrize("column", ["id", "partner", "on"])
    def test_a_fact_without_its_column_is_refused(self, folder: Folder, column: str) -> None:
        header = ",".join(name for name in ("id", "partner", "on") if name != column)
        [fault] = folder.faults(sales=header + "\n")
        assert fault.startswith(f'sales.csv, line 1, column "{column}": the column is missing; ')

    def test_a_missing_column_has_its_likeness_named(self, folder: Folder) -> None:
        [fault] = folder.faults(sales="id,Partner,on\n")
        assert fault.endswith('column "partner": the column is missing; "Partner" must be named so')

    @pytest.mark.parametrize("column", ["id", "partner", "on"])
    def test_a_fact_needs_them_filled(self, folder: Folder, column: str) -> None:
        row = {"id": "s1", "partner": "p1", "on": "2026-01-01", column: ""}
        assert folder.faults(sales=f"{','.join(row)},person\n{','.join(row.values())},anna\n") == [
            f'sales.csv, line 2, column "{column}": the value is empty; each row needs one'
        ]

    def test_one_id_twice_names_both_lines(self, folder: Folder) -> None:
        content = SALES + "s1,p1,2026-01-01,1\ns2,p1,2026-01-01,1\ns1,p1,2026-01-02,1\n"
        assert folder.faults(sales=content) == [
            'sales.csv, line 4, column "id": "s1" stands on line 2 already; each may stand once'
        ]

    def test_a_correction_names_a_row_that_is_there(self, folder: Folder) -> None:
        content = "id,partner,on,supersedes\ns1,p1,2026-01-01,\ns2,p1,2026-01-01,s1\ns3,p1,2026-01-01,s9\n"
        assert folder.faults(sales=content) == [
            'sales.csv, line 4, column "supersedes": no row has the id "s9"; '
            "the id of the row that this one corrects would be right"
        ]

    def test_corrections_in_a_circle_are_refused(self, folder: Folder) -> None:
        content = "id,partner,on,supersedes\ns1,p1,2026-01-01,s3\ns2,p1,2026-01-01,s1\ns3,p1,2026-01-01,s2\n"
        faults = folder.faults(sales=content)
        assert [fault.split(":")[0] for fault in faults] == [
            f'sales.csv, line {line}, column "supersedes"' for line in (2, 3, 4)
        ]

    def test_a_line_returns_not_itself(self, folder: Folder) -> None:
        [fault] = folder.faults(sales="id,partner,on,returns\nr1,p1,2026-01-01,r1\n")
        assert fault.startswith('sales.csv, line 2, column "returns": "r1" is the row itself')

    def test_attributes_of_one_id_do_not_overlap(self, folder: Folder) -> None:
        content = "id,tier,valid_from,valid_to\np1,a,2026-01-01,\np1,b,2025-01-01,2026-01-01\n"
        assert folder.faults(partners=content) == [
            'partners.csv, line 2, column "valid_from": the row of "p1" overlaps in time with that on line 3; '
            "end one on the day before the other begins (valid_from, valid_to)"
        ]

    def test_validity_ends_after_it_begins(self, folder: Folder) -> None:
        [fault] = folder.faults(partners="id,valid_from,valid_to\np1,2026-02-01,2026-01-01\n")
        assert fault.startswith(
            'partners.csv, line 2, column "valid_to": "2026-01-01" lies before valid_from'
        )

    def test_a_target_is_somebodys(self, folder: Folder) -> None:
        [fault] = folder.faults(targets="partner,from,to,value\n,2026-01-01,2026-12-31,100\n")
        assert fault.startswith('targets.csv, line 2, column "value": the target "100" is nobody\'s')

    def test_a_rate_is_above_zero_and_stands_once(self, folder: Folder) -> None:
        faults = folder.faults(
            rates="currency,to,on,rate\nUSD,EUR,2026-01-01,0.9\nUSD,EUR,2026-01-01,0.8\nCHF,EUR,2026-01-01,0\n"
        )
        assert faults == [
            'rates.csv, line 4, column "rate": "0"; a rate above 0 would be right',
            'rates.csv, line 3, column "on": "USD EUR 2026-01-01" stands on line 2 already; each may stand once',
        ]


class TestReferences:
    CAST: dict[str, str | bytes | pa.Table] = {
        "partners": "id,parent\np1,\np2,p1\n",
        "people": "id,partner\nanna,p1\n",
        "products": "id\nbike\n",
        "customers": "id\nc1\n",
    }

    @pytest.mark.parametrize(
        ("column", "value"),
        [("partner", "p9"), ("person", "ben"), ("product", "boat"), ("customer", "c9")],
    )
    def test_facts_refer_to_rows_that_are_given(self, folder: Folder, column: str, value: str) -> None:
        good = {
            "id": "s1",
            "partner": "p1",
            "on": "2026-01-01",
            "person": "anna",
            "product": "bike",
            "customer": "c1",
        }
        rows = [good, {**good, "id": "s2", column: value}]
        content = "\n".join(",".join(row) for row in (good, *(row.values() for row in rows))) + "\n"
        [fault] = folder.faults(sales=content, **self.CAST)
        assert fault.startswith(f'sales.csv, line 3, column "{column}": "{value}" is not among the ')

    @pytest.mark.parametrize(
        ("name", "content", "fault"),
        [
            ("partners", "id,parent\np1,p0\n", 'partners.csv, line 2, column "parent": "p0" is not among'),
            ("people", "id,partner\nanna,p0\n", 'people.csv, line 2, column "partner": "p0" is not among'),
            (
                "targets",
                "partner,from,to,value\np0,2026-01-01,2026-12-31,1\n",
                'targets.csv, line 2, column "partner": "p0" is not among the partners',
            ),
        ],
    )
    def test_so_do_the_other_files(self, folder: Folder, name: str, content: str, fault: str) -> None:
        [found] = folder.faults(**{**self.CAST, name: content})
        assert found.startswith(fault)

    def test_without_a_partners_file_any_partner_will_do(self, folder: Folder) -> None:
        assert folder.load(sales=SALES + "s1,anyone,2026-01-01,1\n").sales is not None
