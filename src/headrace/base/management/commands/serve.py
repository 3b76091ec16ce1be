"""`headrace serve`: the web server for one machine."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from headrace.base import serving


class Command(BaseCommand):
    help = "Brings the database up to date and serves the product on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"]
        if not serving.is_free(port):
            raise CommandError(_("Port %(port)s is taken. Choose another one with --port.") % {"port": port})
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write(_("Headrace is served on %(address)s") % {"address": f"http://localhost:{port}/"})
        serving.serve(port)
