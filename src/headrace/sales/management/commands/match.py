"""`headrace match`: the names in files that nobody knows; confirmed, decided or undone from a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.base.models import Organisation
from headrace.sales import decisions
from headrace.sales.decisions import Decision, Settled
from headrace.sales.matcher import known_by_code
from headrace.sales.matching.names import alias_key
from headrace.sales.matching_queries import WaitingText, told_texts, waiting_texts
from headrace.sales.models import Alias, Meant


class Command(BaseCommand):
    help = "Lists names and codes in files that nobody knows, with what is most like each; confirms, decides, undoes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", default="", metavar="CODE", help="only those of this source")
        parser.add_argument("--kind", default="", choices=Meant.values, help="only those of this kind")
        wanted = parser.add_mutually_exclusive_group()
        wanted.add_argument(
            "--confirm",
            type=int,
            metavar="SCORE",
            help="confirm those whose best proposal has this score or more",
        )
        wanted.add_argument(
            "--decide", nargs=2, metavar=("TEXT", "CODE"), help="a text means what has this code"
        )
        wanted.add_argument(
            "--not-ours", metavar="TEXT", help="a text means nothing of ours: leave it rejected"
        )
        wanted.add_argument("--undo", metavar="TEXT", help="undo what was decided on a text")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        where = {"source": options["source"], "kind": options["kind"]}
        if options["undo"]:
            self._undo(organisation, options["undo"], where)
            return
        texts = told_texts(waiting_texts(organisation, **where))
        if options["decide"]:
            text, code = options["decide"]
            self._decide(organisation, [_means(one, code) for one in _named(texts, text)])
        elif options["not_ours"]:
            self._decide(
                organisation, [Decision(one.unknown, None) for one in _named(texts, options["not_ours"])]
            )
        elif options["confirm"] is not None:
            clear = [one for one in texts if one.is_clear and one.unknown.score >= options["confirm"]]
            self._list(clear)
            self._decide(organisation, [Decision(one.unknown, one.proposals[0].pk) for one in clear])
        else:
            self._list(texts)

    def _list(self, texts: Sequence[WaitingText]) -> None:
        for one in texts:
            unknown = one.unknown
            if one.best is None:
                meaning = _("nothing is like it")
            else:
                told = {"name": one.best.name, "code": one.best.code, "score": one.best.score}
                meaning = _("%(name)s (%(code)s), %(score)s of 100. %(likeness)s") % {
                    **told,
                    "likeness": one.best.likeness,
                }
            rows = ngettext("%(count)s row", "%(count)s rows", one.rows) % {"count": one.rows}
            self.stdout.write(f"{unknown.text} ({unknown.kind}, {unknown.source.code}, {rows}): {meaning}")

    def _decide(self, organisation: Organisation, taken: Sequence[Decision]) -> None:
        settled = decisions.decide_texts(organisation=organisation, decisions=taken)
        self.stdout.write(_told(settled))

    def _undo(self, organisation: Organisation, text: str, where: dict[str, str]) -> None:
        found = Alias.objects.filter(organisation=organisation, key=alias_key(text), withdrawn_at=None)
        if where["kind"]:
            found = found.filter(kind=where["kind"])
        if where["source"]:
            found = found.filter(source__code=where["source"])
        aliases = list(found.order_by("pk"))
        if not aliases:
            raise CommandError(_("Nothing is decided on “%(text)s”.") % {"text": text}, returncode=BAD_INPUT)
        lines = sum(run.rows for alias in aliases for run in decisions.withdraw_alias(alias=alias))
        told = ngettext(
            "“%(text)s” is undone: %(count)s line withdrawn.",
            "“%(text)s” is undone: %(count)s lines withdrawn.",
            lines,
        )
        self.stdout.write(told % {"text": text, "count": lines})


def _named(texts: Sequence[WaitingText], text: str) -> list[WaitingText]:
    named = [one for one in texts if one.unknown.key == alias_key(text)]
    if not named:
        message = _("“%(text)s” does not wait for a decision. `headrace match` lists what does.")
        raise CommandError(message % {"text": text}, returncode=BAD_INPUT)
    return named


def _means(one: WaitingText, code: str) -> Decision:
    unknown = one.unknown
    target = known_by_code(unknown.organisation, unknown.kind, [code]).get(code)
    if target is None:
        told = {"kind": unknown.get_kind_display(), "code": code}
        raise CommandError(_("%(kind)s “%(code)s” is not known.") % told, returncode=BAD_INPUT)
    return Decision(unknown, target)


def _told(settled: Settled) -> str:
    told = ngettext(
        "%(count)s text decided. Rows taken in: %(accepted)s, not taken in: %(rejected)s.",
        "%(count)s texts decided. Rows taken in: %(accepted)s, not taken in: %(rejected)s.",
        len(settled.aliases),
    )
    return told % {
        "count": len(settled.aliases),
        "accepted": settled.accepted,
        "rejected": settled.not_accepted,
    }
