"""How many sales lines a second the API takes in: two workers of the web server, several senders at a time.

python tests/postgres.py -- python bench/post_sales.py [--lines 20000] [--lines-each 1000] [--senders 4]

Founds a brand with 200 partners in the database of HEADRACE_DATABASE, serves it and sends lines until all are in.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

PARTNERS, PRODUCTS = 200, 100
PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}/api/v1"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--lines-each", type=int, default=1000)
    parser.add_argument("--senders", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HEADRACE_HOME": home, "DJANGO_SETTINGS_MODULE": "headrace.config.settings"}
        token = found()
        with served():
            bodies = list(requests(options.lines, options.lines_each))
            begun = time.perf_counter()
            with ThreadPoolExecutor(options.senders) as senders:
                accepted = sum(senders.map(lambda body: send(token, body), bodies))
            seconds = time.perf_counter() - begun
    assert accepted == options.lines, f"{options.lines - accepted} lines were not accepted"
    each = f"{options.lines_each} a request, {options.senders} senders"
    print(f"{options.lines:,} lines, {each}: {seconds:.1f} s, {options.lines / seconds:,.0f} lines a second")


def found() -> str:
    """A brand with partners and products; gives the token of a key."""
    import django

    django.setup()
    from django.core.management import call_command

    from headrace.base.api.keys import Scope, make_key
    from headrace.base.models import Organisation
    from headrace.partners.models import Partner
    from headrace.sales.models import Product

    call_command("migrate", verbosity=0)
    brand = Organisation.objects.create(code="bench", name="Bench", currency="EUR")
    for model, count in ((Partner, PARTNERS), (Product, PRODUCTS)):
        model.objects.bulk_create(
            [model(organisation=brand, code=str(number), name=str(number)) for number in range(count)]
        )
    return make_key(organisation=brand, name="Till", scopes=[Scope.SEND_SALES])[1]


@contextmanager
def served() -> Iterator[None]:
    """The web server of `headrace serve`, without its worker."""
    from headrace.base.serving import THREADS, WORKERS

    command = [sys.executable, "-m", "gunicorn", "headrace.config.wsgi", "--bind", f"127.0.0.1:{PORT}"]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    server = subprocess.Popen([*command, "--no-control-socket", "--log-level", "warning"])
    try:
        for _attempt in range(100):
            try:
                urllib.request.urlopen(f"{ADDRESS}/openapi.json").close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


def requests(lines: int, each: int) -> Iterator[bytes]:
    for start in range(0, lines, each):
        found = [
            {
                "id": str(number),
                "order_id": str(number // 3),
                "partner": str(number % PARTNERS),
                "product": str(number % PRODUCTS),
                "on": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
                "quantity": number % 5 + 1,
                "net_amount": f"{number % 997}.{number % 100:02}",
            }
            for number in range(start, min(start + each, lines))
        ]
        yield json.dumps({"lines": found}).encode()


def send(token: str, body: bytes) -> int:
    """Sends a request; gives how many of its lines were accepted."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{ADDRESS}/sales", body, headers)) as response:
        accepted: int = json.load(response)["accepted"]
    return accepted


if __name__ == "__main__":
    main()
