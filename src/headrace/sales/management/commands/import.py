# noqa: N999
"""`headrace import MAPPING.yaml FILE...`: takes files in and prints what became of each."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from headrace.base.commands import organisation_of
from headrace.base.files import chunks_of
from headrace.base.models import Organisation
from headrace.sales import actions, mappings, rejects
from headrace.sales.actions import Outcome
from headrace.sales.mapping import MappingError
from headrace.sales.models import MappingDocument, Result, SalesFile
from headrace.sales.reasons import FileRefused, tell

REASONS_SHOWN = 5
REJECTED, REFUSED = 1, 2


class Command(BaseCommand):
    help = "Imports files of sales, partners, people, products and customers as a mapping document says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mapping", help="the mapping document, or the name of one that is shipped")
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--organisation", metavar="CODE", help="needed where there are several")
        parser.add_argument(
            "--rejects", metavar="DIR", type=Path, help="write the rejected rows there, as CSV"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        document = _mapping(organisation, options["mapping"])
        received, outcomes = _received(organisation, [Path(name) for name in options["files"]])
        outcomes += actions.import_delivery(organisation=organisation, received=received, document=document)
        self._print_table(outcomes)
        for outcome in outcomes:
            self._print_details(outcome, options["rejects"])
        if any(outcome.result is Result.REFUSED for outcome in outcomes):
            sys.exit(REFUSED)
        if any(outcome.run and outcome.run.rejected for outcome in _imported(outcomes)):
            sys.exit(REJECTED)

    def _print_table(self, outcomes: Iterable[Outcome]) -> None:
        rows: list[tuple[str, ...]] = [
            (_("file"), _("kind"), _("rows"), _("accepted"), _("rejected"), _("duplicates"), _("result"))
        ]
        for outcome in outcomes:
            run = outcome.run if outcome.result is Result.IMPORTED else None
            counts = (run.rows, run.accepted, run.rejected, run.duplicates) if run else (0, 0, 0, 0)
            kind = outcome.run.kind if outcome.run else ""
            rows.append((outcome.name, kind, *(f"{count:,}" for count in counts), str(outcome.result.label)))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [
                cell.rjust(width) if 2 <= place <= 5 else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            self.stdout.write("  ".join(cells).rstrip())

    def _print_details(self, outcome: Outcome, directory: Path | None) -> None:
        if outcome.message:
            self.stdout.write(f"{outcome.name}: {outcome.message}")
        run = outcome.run
        if outcome.result is not Result.IMPORTED or run is None or not run.rejected:
            return
        for reject in run.rejects.wrong().order_by("row_number")[:REASONS_SHOWN]:
            for problem in reject.problems:
                told = {"name": outcome.name, "row": reject.row_number, "told": tell(problem)}
                self.stdout.write(_("%(name)s: row %(row)s: %(told)s") % told)
        if run.rejected > REASONS_SHOWN:
            self.stdout.write(
                _("%(name)s: and %(more)s more.")
                % {"name": outcome.name, "more": run.rejected - REASONS_SHOWN}
            )
        if directory:
            directory.mkdir(parents=True, exist_ok=True)
            path = directory / rejects.file_name(run)
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(rejects.as_csv(run))
            self.stdout.write(_("The rejected rows are in %(path)s.") % {"path": path})


def _imported(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.result is Result.IMPORTED]


def _mapping(organisation: Organisation, name: str) -> MappingDocument:
    path = Path(name)
    try:
        text = path.read_text("utf-8") if path.exists() else mappings.text(path.stem)
        return actions.keep_mapping(organisation=organisation, text=text)
    except FileNotFoundError:
        shipped = ", ".join(mappings.names())
        message = _("There is no mapping document %(name)s. Shipped are: %(shipped)s.")
        raise CommandError(message % {"name": name, "shipped": shipped}, returncode=REFUSED) from None
    except (OSError, UnicodeDecodeError) as error:
        message = _("The mapping document %(name)s can't be read: %(error)s.")
        raise CommandError(message % {"name": name, "error": error}, returncode=REFUSED) from None
    except MappingError as error:
        told = "\n".join(f"{name}: {finding}" for finding in error.findings)
        raise CommandError(told, returncode=REFUSED) from None


def _received(organisation: Organisation, paths: list[Path]) -> tuple[list[SalesFile], list[Outcome]]:
    """The files that were received, and an outcome for each that could not even be read."""
    received, outcomes = [], []
    for path in paths:
        try:
            file = actions.receive_file(organisation=organisation, name=path.name, chunks=chunks_of(path))
            received.append(file)
        except (FileRefused, OSError) as error:
            outcomes.append(Outcome(path.name, Result.REFUSED, None, str(error)))
    return received, outcomes
