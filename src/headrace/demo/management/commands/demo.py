"""`headrace demo`: loads a brand with all its sales, calculates, and serves the product."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import serving
from headrace.base.models import Organisation, User
from headrace.demo import books, brands, cast, home, loading, paying, reporters
from headrace.demo.brands import Brand
from headrace.demo.cast import Actor
from headrace.demo.generate import LINES, LINES_MIN
from headrace.demo.home import Memory


def _lines(text: str) -> int:
    if not text.isdecimal() or int(text) < LINES_MIN:
        raise ArgumentTypeError(f"{text}: a number from {LINES_MIN} on would be right")
    return int(text)


class Command(BaseCommand):
    help = "Loads a brand with three years of sales, calculates its programmes, and serves the product."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, metavar="DIR", help="load the AdventureWorks files in DIR instead"
        )
        parser.add_argument(
            "--lines", type=_lines, default=LINES, help="about so many lines of sales, when begun anew"
        )
        parser.add_argument("--port", type=int, default=8000, help="serve there (default: 8000)")
        parser.add_argument("--no-serve", action="store_true", help="load and stop")
        parser.add_argument(
            "--fresh", action="store_true", help="remove the demo made before, and begin anew"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port = None if options["no_serve"] else options["port"]
        if port is not None and not serving.is_free(port):
            raise CommandError(_("Port %(port)s is taken. Choose another one with --port.") % {"port": port})
        try:
            home.lock(settings.HOME)
            self._keep_to_the_demo()
            if options["fresh"]:
                self._forget()
            actors, password = self._load(options)
        except (home.HomeInUseError, loading.FileRefusedError, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            hint = _("The demo was made by another version of Headrace; --fresh makes it anew.")
            raise CommandError("\n".join([*error.messages, hint])) from error
        self._invite(actors, password, port)
        if port is not None:
            serving.serve(port)

    def _keep_to_the_demo(self) -> None:
        """Refuses a database that holds anything but demos: neither adds to it nor removes it."""
        if Organisation._meta.db_table not in connection.introspection.table_names():
            return
        others = Organisation.objects.exclude(code__in=brands.CODES)
        if other := others.first():
            raise CommandError(
                _("The database holds %(other)s, which is no demo. Set HEADRACE_HOME to a folder of its own.")
                % {"other": other}
            )

    def _forget(self) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(_("--fresh removes an embedded database only; empty this one by hand."))
        connection.close()
        home.clear(settings.HOME)

    def _load(self, options: dict[str, Any]) -> tuple[list[Actor], str]:
        """Every stage in turn, each told with its counts and seconds."""
        self.stdout.write(_("Headrace demo in %(home)s") % {"home": settings.HOME})
        memory = home.remember(settings.HOME, timezone.localdate(), options["lines"])
        with self._stage(_("database")) as tell:
            call_command("migrate", verbosity=0, interactive=False)
            tell(connection.vendor)
        with self._stage(_("files")) as tell:
            brand = self._brand(options["data"], memory)
            tell(_("%(files)s files of %(brand)s") % {"files": len(brand.files), "brand": brand.name})
        return self._fill(brand, memory), memory.password

    def _brand(self, folder: Path | None, memory: Memory) -> Brand:
        if folder:
            return brands.adventureworks(folder)
        return brands.talbrunn(settings.HOME, memory.day, memory.lines)

    def _fill(self, brand: Brand, memory: Memory) -> list[Actor]:
        organisation = cast.found_organisation(brand)
        with self._stage(_("people")) as tell:
            staff = [
                cast.cast_staff(organisation, part, memory.password)
                for part in (cast.MANAGER, cast.APPROVER, cast.FINANCE)
            ]
            tell(_("the channel manager, the approver and finance"))
        manager = staff[0].user
        with self._stage(_("sales")) as tell:
            tell(loading.import_files(organisation, brand, manager))
        with self._stage(_("calendar")) as tell:
            count = reporters.tell_when_reports_came(organisation, memory.day, manager)
            tell(_("%(count)s sources report regularly") % {"count": count})
        with self._stage(_("programmes")) as tell:
            tell(loading.launch_programmes(organisation, brand, manager))
        for programme in loading.late_programmes(organisation):
            with self._stage(_("earnings")) as tell:
                tell(loading.calculate(programme, manager))
        with self._stage(_("settlement")) as tell:
            tell(loading.settle_past(organisation, memory.day, manager, staff[1].user))
        with self._stage(_("payouts")) as tell:
            tell(paying.pay_past(organisation, memory.day, staff[2].user, staff[1].user))
        actors = [*staff, *cast.cast_partners(organisation, memory.password)]
        owner = next(actor for actor in actors if actor.part is cast.OWNER)
        with self._stage(_("disputes")) as tell:
            tell(loading.question_an_earning(organisation, owner.user.person))
        self._keep_books(organisation, memory.day, manager, staff[1].user)
        return actors

    def _keep_books(self, organisation: Organisation, day: date, manager: User, approver: User) -> None:
        with self._stage(_("budgets")) as tell:
            tell(books.make_budgets(organisation, day, manager, approver))
        with self._stage(_("forecast")) as tell:
            tell(books.make_forecast(organisation, day, manager))
        with self._stage(_("journal")) as tell:
            tell(books.export_past_journal(organisation, day, manager))

    @contextmanager
    def _stage(self, name: str) -> Iterator[Callable[[str], None]]:
        """Writes a line: the name at once, and at the end what was told and how long it took."""
        begun, told = time.monotonic(), ""

        def tell(text: str) -> None:
            nonlocal told
            told = text

        self.stdout.write(f"  {name:<12}", ending="")
        self.stdout.flush()
        try:
            yield tell
        except BaseException:
            self.stdout.write("")  # so that the error has a line of its own
            raise
        self.stdout.write(f"{told:<72}{time.monotonic() - begun:6.1f} s")

    def _invite(self, actors: list[Actor], password: str, port: int | None) -> None:
        if port is not None:
            self.stdout.write(_("\nOpen http://localhost:%(port)s/ (Ctrl+C stops it).") % {"port": port})
        self.stdout.write(_("\nSign in with the password  %(password)s  as") % {"password": password})
        for actor in actors:
            who = f"{actor.user.name}, {actor.partner.name}" if actor.partner else actor.user.name
            self.stdout.write(f"  {actor.user.email:<36}{actor.part.title!s:<26}{who}")
