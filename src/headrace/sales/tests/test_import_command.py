"""`headrace import`: what it prints, and how it ends."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from headrace.base.models import Organisation
from headrace.sales.models import Import, SalesLine
from headrace.sales.tests.conftest import MAPPING, row, sales


@pytest.fixture
def run(desk, tmp_path, capsys):
    """Runs the command on files that are written first; gives its exit code and its lines."""
    (tmp_path / "north.yaml").write_text(MAPPING)

    def run(files, *options, mapping=str(tmp_path / "north.yaml")):
        paths = []
        for name, content in files.items():
            path = tmp_path / name
            if content is not None:
                path.write_text(content)
            paths.append(str(path))
        code = 0
        try:
            call_command("import", mapping, *paths, *options)
        except SystemExit as end:
            code = end.code
        return code, capsys.readouterr().out.splitlines()

    return run


def test_a_table_tells_the_counts_of_each_file(run):
    code, lines = run({"sales.csv": sales(row("L1"), row("L2")), "notes.csv": "x"})
    assert code == 0
    assert lines[:3] == [
        "file       kind   rows  accepted  rejected  duplicates  result",
        "sales.csv  sales     2         2         0           0  imported",
        "notes.csv            0         0         0           0  skipped",
    ]


def test_rejects_end_it_with_1_and_are_told(run, tmp_path):
    rows = [row(f"L{n}", Net="12,x") for n in range(7)]
    code, lines = run({"sales.csv": sales(row("A"), *rows)}, "--rejects", str(tmp_path / "out"))
    assert code == 1
    assert "sales.csv: row 3: Net: “12,x” is no number." in "\n".join(lines)
    assert "sales.csv: and 2 more." in lines
    (written,) = (tmp_path / "out").iterdir()
    assert written.name == f"sales.csv-rejects-{Import.objects.get().pk}.csv"
    assert len(written.read_text("utf-8-sig").splitlines()) == 8


def test_a_refused_file_ends_it_with_2_and_stops_no_other(run):
    code, lines = run({"sales-1.csv": "no sales", "sales-2.csv": sales(row("L1")), "gone.csv": None})
    assert code == 2
    assert SalesLine.objects.count() == 1
    assert any(line.startswith("sales-1.csv: The file has no column") for line in lines)
    assert any("gone.csv" in line and "No such file" in line for line in lines)


def test_the_same_again_ends_well_and_says_so(run):
    run({"sales.csv": sales(row("L1"))})
    code, lines = run({"sales.csv": sales(row("L1"))})
    assert code == 0
    assert lines[1].endswith("already imported")
    assert "nothing was imported again" in lines[2]


def test_a_shipped_mapping_is_known_by_its_name(run):
    header = "ProductKey,Product,StandardCost,Color,Subcategory,EnglishProductCategoryName"
    code, _ = run({"Product.csv": f"{header}\n1,Bike,2.50,Red,Road,Bikes\n"}, mapping="adventureworks.yaml")
    assert code == 0
    assert Import.objects.get().mapping.name == "adventureworks"


def test_a_mapping_that_is_not_there(run):
    with pytest.raises(
        CommandError, match=r"There is no mapping document nowhere.yaml. Shipped are: adventureworks"
    ):
        run({"sales.csv": None}, mapping="nowhere.yaml")


def test_a_wrong_mapping_is_told_with_its_path(run, tmp_path):
    (tmp_path / "wrong.yaml").write_text(MAPPING.replace("partner: Dealer", "partnr: Dealer"))
    with pytest.raises(
        CommandError, match=r"files\[0\].columns.partnr: it is not known here, partner"
    ) as error:
        run({"sales.csv": None}, mapping=str(tmp_path / "wrong.yaml"))
    assert error.value.returncode == 2


def test_several_organisations_must_be_told_apart(run, other_organisation):
    with pytest.raises(CommandError, match=r"say which with --organisation\. They are: acme, globex"):
        run({"sales.csv": sales(row("L1"))})
    assert run({"sales.csv": sales(row("L1"))}, "--organisation", "acme")[0] == 0


def test_an_organisation_that_is_not_there(run):
    with pytest.raises(CommandError, match=r"There is no organisation “none”\. There are: acme"):
        run({"sales.csv": None}, "--organisation", "none")


@pytest.mark.django_db
def test_no_organisation_at_all():
    assert not Organisation.objects.exists()
    with pytest.raises(CommandError, match="There is no organisation yet"):
        call_command("import", "adventureworks", "x.csv")
