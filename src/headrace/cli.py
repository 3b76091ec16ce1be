"""The command line: `headrace COMMAND`. The calculator starts without Django; every other word is Django's."""

import os
import sys
from collections.abc import Sequence

CALCULATOR = ("check", "terms", "calculate", "verify", "compare", "quote")

USAGE = """\
usage: headrace COMMAND [ARGUMENTS]

The calculator, on files alone:
  check      check a programme: errors, and what a careful reader would ask about
  terms      tell a programme as plain sentences, in five languages
  calculate  calculate what a programme pays on files of facts
  verify     compute receipts anew, from themselves alone
  compare    the money between two programmes on the same facts
  quote      what one more sale would bring
  bench      measure it beside other ways to do the same work

Everything else is a command of the platform: headrace help lists them.
headrace COMMAND --help tells more about one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; gives the exit code: 0 is well, 1 findings, 2 bad input."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help"):
        print(USAGE, file=sys.stdout if words else sys.stderr)
        return 0 if words else 2
    if words[0] == "--version":
        from headrace import __version__

        print(f"headrace {__version__}")
        return 0
    if words[0] in CALCULATOR:
        from headrace.engine import command

        return command.main(words)
    if words[0] == "bench":
        from headrace.bench import command as bench

        return bench.main(words[1:])
    if words[:2] == ["ledger", "check-proof"]:  # by whoever holds a proof: no settings, no database
        from headrace.ledger import proof

        return proof.main(words[2:])
    if words[0] == "demo":  # in a folder of its own, and faster than it would be safe for real money
        os.environ.setdefault("HEADRACE_HOME", ".headrace/demo")
        os.environ.setdefault("HEADRACE_DURABLE", "0")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headrace.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["headrace", *words])
    return 0
