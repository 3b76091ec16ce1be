"""headrace check: one line per finding; the path, what was found, and what would be right."""

import pytest

from tests.commands.desk import PROGRAMME, Desk

SOUND = PROGRAMME.replace("retro", "slab")


def test_a_sound_programme_has_no_findings(desk: Desk) -> None:
    desk.write("programme.yaml", SOUND)
    ran = desk.run("check", "programme.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_each_finding_is_a_line(desk: Desk) -> None:
    desk.write(
        "programme.yaml", PROGRAMME.replace("currency: EUR\n", "").replace("facts: sale", "facts: sales")
    )
    ran = desk.run("check", "programme.yaml")
    assert ran.code == 1
    assert {line.split(":")[0] for line in ran.out.splitlines()} == {"currency", "earns[0].facts"}
    assert ran.err == ""


def test_a_doubt_is_a_finding_too(desk: Desk) -> None:
    desk.write("programme.yaml", SOUND.replace("to: partner", 'where: channel == "web"\n    to: partner'))
    ran = desk.run("check", "programme.yaml")
    assert ran.code == 1
    assert ran.out.startswith('earns[0].where: at character 1, "channel" is no standard field, ')


def test_a_cliff_is_a_finding_too(desk: Desk) -> None:
    ran = desk.run("check", "programme.yaml")
    assert ran.code == 1
    assert "earns[0].scale.bands: pay on the whole volume leaps at 50000 from 500 to 1250, " in ran.out


def test_it_reads_standard_input(desk: Desk) -> None:
    assert desk.run("check", "-", given=SOUND).code == 0


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "just words", "{", "a: &x 1\nb: *x"])
def test_what_is_no_document_is_a_finding(desk: Desk, text: str) -> None:
    ran = desk.run("check", "-", given=text)
    assert (ran.code, ran.err) == (1, "")
    assert len(ran.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (
            "absent.yaml",
            "absent.yaml: can't be read (No such file or directory); name a file that can be read\n",
        ),
        (".", ".: can't be read (Is a directory); name a file that can be read\n"),
        ("latin.yaml", "latin.yaml, line 2: the byte 0xe4 is no UTF-8; save the file as UTF-8\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_bad_input(desk: Desk, path: str, fault: str) -> None:
    desk.write("latin.yaml", b"programme: x\ntitle: F\xe4hre\n")
    ran = desk.run("check", path)
    assert (ran.code, ran.out, ran.err) == (2, "", fault)
