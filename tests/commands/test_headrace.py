"""headrace: which words are whose."""

from tests.commands.desk import Desk


def test_without_a_word_it_tells_its_usage(desk: Desk) -> None:
    ran = desk.run()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: headrace COMMAND")


def test_help_is_no_mistake(desk: Desk) -> None:
    ran = desk.run("--help")
    assert (ran.code, ran.err) == (0, "")
    for command in ("check", "terms", "calculate", "verify", "compare", "quote"):
        assert f"\n  {command} " in ran.out


def test_it_tells_its_version(desk: Desk) -> None:
    assert desk.run("--version").out.startswith("headrace 0.")


def test_other_words_are_commands_of_the_platform(desk: Desk) -> None:
    known = desk.start("check_nothing_of_the_kind", HEADRACE_HOME=str(desk.folder / "home"))
    assert known.code == 1
    assert "Unknown command: 'check_nothing_of_the_kind'" in known.err
