"""Posts to django-ledger as bench/post_ledger.py bids: reads how many, writes the seconds they took.

Run by a Python that has django-ledger and psycopg; on the server of HEADRACE_DATABASE, in a database of its own
(both bring tables of users).
"""

import os
import sys
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import django
import psycopg
from django.conf import settings

DATABASE = "django_ledger"


def main() -> None:
    address = urlsplit(os.environ["HEADRACE_DATABASE"])
    host, user = parse_qs(address.query)["host"][0], address.username
    with psycopg.connect(os.environ["HEADRACE_DATABASE"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": DATABASE, "HOST": host, "USER": user}
    contrib = ("auth", "contenttypes", "sessions", "messages")
    settings.configure(
        DATABASES={"default": {**database, "CONN_MAX_AGE": None}},
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in contrib), "django_ledger"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="bench",
        USE_TZ=True,
        ROOT_URLCONF="django_ledger.urls",
    )
    django.setup()
    entity, ledger, accounts = found()
    for line in sys.stdin:
        print(post(entity, ledger, accounts, int(line)), flush=True)


def found() -> tuple:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django_ledger.models import EntityModel

    call_command("migrate", verbosity=0)
    admin = get_user_model().objects.create_user("bench", password="bench")
    entity = EntityModel.create_entity(name="Bench", use_accrual_method=True, admin=admin, fy_start_month=1)
    entity.create_chart_of_accounts(assign_as_default=True, commit=True)
    entity.populate_default_coa(activate_accounts=True)
    ledger = entity.create_ledger(name="Bench", posted=True)
    accounts = entity.get_default_coa_accounts()
    expense = accounts.filter(role="ex_regular").first()
    payable = accounts.filter(role="lia_cl_acc_payable").first()
    return entity, ledger, (expense, payable)


def post(entity, ledger, accounts: tuple, count: int) -> float:
    expense, payable = accounts
    begun = time.perf_counter()
    for _number in range(count):
        entity.commit_txs(
            je_timestamp=datetime.now(UTC),
            je_txs=[
                {"account": expense, "amount": 1, "tx_type": "debit", "description": ""},
                {"account": payable, "amount": 1, "tx_type": "credit", "description": ""},
            ],
            je_posted=True,
            je_ledger_model=ledger,
        )
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
