"""What programmes are calculated on: a setting, unless a command says otherwise."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.test import override_settings
from tests.market import deliver, sale

from headrace.base.models import Organisation
from headrace.earnings.actions import refresh_programmes
from headrace.earnings.models import Run
from headrace.programmes.models import Programme


@pytest.fixture
def sold(market: Organisation, rebate: Programme) -> Organisation:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "4000"))
    return market


def test_it_is_duckdb_unless_something_is_said(sold: Organisation) -> None:
    refresh_programmes(organisation=sold)
    assert Run.objects.get().backend == "duckdb"


@override_settings(BACKEND="reference")
def test_it_is_what_the_setting_says(sold: Organisation) -> None:
    refresh_programmes(organisation=sold)
    assert Run.objects.get().backend == "reference"


@override_settings(BACKEND="reference")
def test_a_command_may_say_otherwise(sold: Organisation) -> None:
    call_command("publish", "--backend", "duckdb")
    assert Run.objects.get().backend == "duckdb"


def test_a_backend_that_is_none_is_refused_at_the_start() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "django", "check"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "headrace.config.settings", "HEADRACE_BACKEND": "dukdb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    assert ran.stderr.splitlines()[-1].endswith(
        "HEADRACE_BACKEND: 'dukdb' is no backend; one of duckdb, spark, reference would be right"
    )
