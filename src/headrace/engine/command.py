"""The calculator as a command: check, terms, calculate, verify, compare and quote, on files alone.

Exit codes: 0 is well, 1 that something was found (check, verify), 2 bad input. Then nothing is written.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import TextIOWrapper
from typing import Any

from headrace.engine import compare, totals
from headrace.engine.additions import TABLES, read_added, recipients_of, with_added
from headrace.engine.backends.database import MissingBackendError
from headrace.engine.faults import Fault, InputError, shown
from headrace.engine.fields import Columns
from headrace.engine.files import SINGULAR, inputs_of, load, load_tables
from headrace.engine.fitting import check_measures, columns_of, without_facts
from headrace.engine.outputs import STANDARD_OUTPUT, Outputs, same_file, write_table
from headrace.engine.programme import Programme, ProgrammeError
from headrace.engine.rates import MissingRateError
from headrace.engine.reading import STANDARD_INPUT, name_of, read_text
from headrace.engine.result import Result
from headrace.engine.tables import Inputs

WELL, FOUND, BAD_INPUT = 0, 1, 2
LANGUAGES = ("en", "de", "it", "ms", "ar")
BACKENDS = ("duckdb", "spark", "reference")


def main(arguments: Sequence[str]) -> int:
    """Runs one of the calculator's commands; gives the exit code. Raises SystemExit on wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # whatever the locale: files are UTF-8
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (InputError, ProgrammeError, MissingRateError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except MissingBackendError as error:
        print(
            InputError([Fault("--backend", str(error), "another backend would be right too")]),
            file=sys.stderr,
        )
        return BAD_INPUT
    except BrokenPipeError:
        # The reader has seen enough; without this the interpreter complains once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_INPUT
    return code


def parser() -> argparse.ArgumentParser:
    """The usage of all six commands."""
    whole = argparse.ArgumentParser(prog="headrace", allow_abbrev=False)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        added.set_defaults(run=run)
        return added

    one = command("check", check, "Check a programme: one line per finding, exit code 1 if there is one.")
    _add_programme(one)
    one = command("terms", terms, "Tell a programme as plain sentences on standard output.")
    _add_programme(one)
    one.add_argument("--language", choices=LANGUAGES, default="en")
    one = command("calculate", calculate, "Calculate what a programme pays on files of facts.")
    _add_programme(one)
    _add_inputs(one)
    one.add_argument(
        "--out", required=True, metavar="EARNINGS.csv", help="where the earnings go; - is standard output"
    )
    one.add_argument(
        "--receipts", metavar="RECEIPTS.jsonl", help="where the receipts go, one JSON object per line"
    )
    one = command(
        "verify", verify, "Compute receipts anew, each from itself alone; exit code 1 if one does not hold."
    )
    one.add_argument("receipts", metavar="RECEIPTS.jsonl")
    one = command("compare", compare_documents, "The money between two programmes on the same facts.")
    one.add_argument("old", metavar="OLD.yaml")
    one.add_argument("new", metavar="NEW.yaml")
    _add_inputs(one)
    one.add_argument("--out", default=STANDARD_OUTPUT, metavar="FILE.csv", help="default: standard output")
    one = command(
        "quote", quote_facts, "What one more fact would bring, and what is missing to the next band."
    )
    _add_programme(one)
    _add_inputs(one)
    one.add_argument(
        "--add",
        action="append",
        required=True,
        metavar="JSON",
        help="a fact, or a list of them; repeat it for an order of several lines",
    )
    return whole


def _add_programme(command: argparse.ArgumentParser) -> None:
    command.add_argument("programme", metavar="PROGRAMME.yaml", help="YAML or JSON; - is standard input")


def _add_inputs(command: argparse.ArgumentParser) -> None:
    for name in SINGULAR:
        command.add_argument(f"--{name}", metavar="FILE", action=_Once, help="CSV or Parquet, by ending")
    command.add_argument(
        "--as-of",
        type=moment,
        metavar="MOMENT",
        help="calculate on what was known then, as 2026-07-01T00:00:00Z",
    )
    command.add_argument("--backend", choices=BACKENDS, default="duckdb")


class _Once(argparse.Action):
    """An option that may be given once: of two files the first would be left out without a word."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: Any = None
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            parser.error(f"{option} is given twice; put all rows into one file")
        setattr(namespace, self.dest, values)


def moment(text: str) -> datetime:
    """A moment with its offset, or the start of a day (UTC). Raises argparse.ArgumentTypeError."""
    try:
        if len(text) == len("2026-01-31"):
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{shown(text)} is no moment; 2026-07-01T00:00:00Z would be right")
    return at.astimezone(UTC)


# What the commands do


def check(options: argparse.Namespace) -> int:
    """Errors of a document and what a careful reader would ask about, one line each."""
    from headrace.engine import parsing
    from headrace.engine.lint import lint

    programme, findings = parsing.check(read_text(options.programme))
    if programme is not None:
        findings += lint(programme)
    for finding in findings:
        print(finding)
    return FOUND if findings else WELL


def terms(options: argparse.Namespace) -> int:
    """The plain sentences of a programme."""
    from headrace.engine import terms as told

    programme = _programme(options.programme, read_text(options.programme))
    print(told.terms(programme, options.language))
    return WELL


def calculate(options: argparse.Namespace) -> int:
    """Writes earnings and, if asked for, receipts."""
    _check_paths(options, [options.programme], [options.out, options.receipts])
    inputs = load(_paths(options))
    programme = _fitting(options.programme, read_text(options.programme), inputs, options)
    with Outputs() as outputs:
        earnings = outputs.open(options.out)
        receipts = outputs.open(options.receipts) if options.receipts else None
        result = _calculated(programme, inputs, options)
        write_table(earnings, totals.COLUMNS, totals.earnings_rows(result.earnings))
        if receipts:
            for receipt in result.receipts():
                receipts.write(json.dumps(receipt, ensure_ascii=False) + "\n")
    return WELL


def verify(options: argparse.Namespace) -> int:
    """Names each receipt that does not hold."""
    from headrace.engine.verify import verify as faults_of

    code = WELL
    for place, receipt in _receipts(options.receipts):
        for fault in faults_of(receipt):
            print(f"{place}: {fault}")
            code = FOUND
    return code


def compare_documents(options: argparse.Namespace) -> int:
    """Writes what each recipient earns by either document, and tells it in sentences."""
    _check_paths(options, [options.old, options.new], [options.out])
    inputs = load(_paths(options))
    programmes = [_fitting(path, read_text(path), inputs, options) for path in (options.old, options.new)]
    with Outputs() as outputs:
        file = outputs.open(options.out)
        old, new = (_calculated(each, inputs, options).earnings for each in programmes)
        differences = compare.compare(old, new)
        totals = compare.summed(differences)
        write_table(file, compare.COLUMNS, (each.row() for each in [*differences, *totals]))
    for sentence in compare.sentences(differences):
        print(sentence, file=sys.stderr)
    return WELL


def quote_facts(options: argparse.Namespace) -> int:
    """Tells what supposed facts would bring, and what would then be missing to the next band."""
    from headrace.engine import quote

    _check_paths(options, [options.programme], [])
    loaded = load_tables(_paths(options))
    inputs = inputs_of(loaded)
    programme = _programme(options.programme, read_text(options.programme))
    added = read_added(options.add, programme, inputs, loaded)
    more = with_added(inputs, added)
    programme = _fitting(options.programme, programme.document, more, options)
    now, then = (_calculated(programme, each, options).earnings for each in (inputs, more))
    told = quote.sentences(quote.quote(now, then))
    for on, recipients in recipients_of(added).items():
        names = sorted({name for _, name in recipients})
        found = quote.progress_of(programme, more, names, on, options.as_of, options.backend)
        steps = [step for each in found.values() for step in each if (step.to, step.recipient) in recipients]
        told += [sentence for step in steps if (sentence := step.sentence())]
    print("\n".join(told))
    return WELL


def _calculated(programme: Programme, inputs: Inputs, options: argparse.Namespace) -> Result:
    from headrace.engine import run

    return run.calculate(programme, inputs, options.as_of, options.backend)


# What they read


def _programme(path: str, document: str | Mapping[str, Any], columns: Columns | None = None) -> Programme:
    """The programme in the document of a file, its fields checked against the data's. Raises InputError."""
    from headrace.engine import parsing

    programme, findings = parsing.check(document, columns)
    if programme is None:
        errors = [each for each in findings if each.severity == "error"]
        raise InputError([Fault(name_of(path), f"{each.path}: {each.found}", each.right) for each in errors])
    return programme


def _fitting(
    path: str, document: str | Mapping[str, Any], inputs: Inputs, options: argparse.Namespace
) -> Programme:
    """The same, once the inputs bring what it adds up. Raises InputError."""
    programme = _programme(path, document, columns_of(inputs))
    check_measures(programme, inputs, _paths(options))
    for rule in without_facts(programme, inputs):
        told = f"{name_of(path)}: the rule {rule.key} earns nothing: no --{TABLES[rule.facts]} are given"
        print(told, file=sys.stderr)
    return programme


def _paths(options: argparse.Namespace) -> dict[str, str]:
    return {name: path for name in SINGULAR if (path := getattr(options, name)) is not None}


def _check_paths(
    options: argparse.Namespace, documents: Iterable[str], outputs: Iterable[str | None]
) -> None:
    """Standard input and output are used once, and no output would overwrite an input."""
    read = [*documents, *_paths(options).values()]
    written = [path for path in outputs if path is not None]
    if read.count(STANDARD_INPUT) > 1:
        raise InputError([Fault("-", "standard input is named twice", "read one file from it")])
    for position, path in enumerate(written):
        plain = path != STANDARD_OUTPUT
        if path in written[:position] or any(same_file(path, other) for other in written[:position] if plain):
            raise InputError([Fault(path, "two outputs would go to it", "name a file for each")])
        if plain and any(same_file(path, other) for other in read):
            raise InputError([Fault(path, "the output would overwrite an input", "name another file")])


def _receipts(path: str) -> Iterable[tuple[str, dict[str, object]]]:
    """Each receipt with the place it stands at. Raises InputError for a line that is none."""
    name = name_of(path)
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            receipt = json.loads(line)
        except ValueError as error:
            raise InputError(
                [Fault(name, f"no JSON ({error})", "one receipt per line would be right", f"line {number}")]
            ) from error
        if not isinstance(receipt, dict):
            raise InputError([Fault(name, shown(line), "a receipt would be right", f"line {number}")])
        yield f"{name}, line {number}", receipt
