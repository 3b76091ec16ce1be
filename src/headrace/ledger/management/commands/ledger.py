"""`headrace ledger`: sealing, verifying, proving, and expiring what lots hold."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from headrace.base.commands import BAD_INPUT, organisation_of
from headrace.base.models import Organisation
from headrace.ledger.blocks import head_of, proof_of, seal_blocks
from headrace.ledger.invariants import first_wrong, violations
from headrace.ledger.lots import expire_lots
from headrace.ledger.models import Transfer


class Command(BaseCommand):
    help = "Seals and verifies the ledger, proves what stands in it, and takes back what expired."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        told = {
            "verify": "reads the whole ledger and tells what doesn't hold, the first place first; exit 1 then",
            "seal": "seals what was posted since the last time into the chain of blocks, and tells its head",
            "expire": "takes back what is left of points and funds whose last day is over",
            "prove": "writes the proof that a transfer stands in the ledger",
        }
        parsers = {verb: verbs.add_parser(verb, help=what, description=what) for verb, what in told.items()}
        for each in parsers.values():
            each.add_argument("--organisation", metavar="CODE", help="only this one")
        parsers["expire"].add_argument("--on", metavar="DATE", help="as of this day (default: today)")
        parsers["prove"].add_argument("key", metavar="KEY", help="the key of the transfer")
        parsers["prove"].add_argument("--out", metavar="FILE", help="where to (default: standard output)")
        # Done by headrace.ledger.proof, without Django; here so that it stands in the help.
        verbs.add_parser("check-proof", help="checks a proof from its file alone, without any database")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    def _organisations(self, code: str | None) -> list[Organisation]:
        return [organisation_of(code)] if code else list(Organisation.objects.order_by("code"))

    def _verify(self, options: dict[str, Any]) -> None:
        count = 0
        for organisation in self._organisations(options["organisation"]):
            found = violations(organisation)
            count += len(found)
            if first := first_wrong(organisation):
                told = _("%(code)s: the first place that is wrong is position %(position)s.")
                self.stderr.write(told % {"code": organisation.code, "position": first[0]})
                found = [first[1], *(each for each in found if each != first[1])]
            for violation in found:
                self.stderr.write(f"{organisation.code}: {violation}")
            if not found:
                self.stdout.write(_("%(code)s: the ledger holds.") % {"code": organisation.code})
        if count:
            raise CommandError(_("%(count)s violations in the ledger.") % {"count": count})

    def _seal(self, options: dict[str, Any]) -> None:
        for organisation in self._organisations(options["organisation"]):
            count = seal_blocks(organisation)
            head = head_of(organisation)
            told = _("%(code)s: transfers sealed: %(count)s; the head is block %(number)s, %(hash)s.")
            if head is None:
                told = _("%(code)s: there is nothing to seal yet.")
            values = {
                "code": organisation.code,
                "count": count,
                "number": head and head.number,
                "hash": head and head.hash,
            }
            self.stdout.write(told % values)

    def _expire(self, options: dict[str, Any]) -> None:
        on = parse_date(options["on"]) if options["on"] else timezone.localdate()
        if on is None:
            raise CommandError(
                _("“%(text)s” is no date; right would be 2026-01-31.") % {"text": options["on"]},
                returncode=BAD_INPUT,
            )
        for organisation in self._organisations(options["organisation"]):
            count = expire_lots(organisation=organisation, on=on)
            self.stdout.write(
                _("%(code)s: lots expired: %(count)s.") % {"code": organisation.code, "count": count}
            )

    def _prove(self, options: dict[str, Any]) -> None:
        organisation = organisation_of(options["organisation"])
        transfer = Transfer.objects.filter(organisation=organisation, key=options["key"]).first()
        if transfer is None:
            raise CommandError(
                _("There is no transfer with the key “%(key)s”.") % {"key": options["key"]},
                returncode=BAD_INPUT,
            )
        proof = proof_of(transfer)
        if proof is None:
            raise CommandError(
                _("This transfer is not sealed yet: run `headrace ledger seal` first."), returncode=BAD_INPUT
            )
        text = json.dumps(proof, ensure_ascii=False, indent=1) + "\n"
        if options["out"]:
            Path(options["out"]).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
