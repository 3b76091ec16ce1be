"""`headrace forecast`: what the open periods will come to; `--back-test` says how well the method did so far."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.base.commands import add_organisation, organisation_of
from headrace.base.models import Organisation
from headrace.earnings.forecasting.actions import back_test_programmes, forecast
from headrace.earnings.models import Forecast


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: a day as 2026-03-31 would be right") from error


class Command(BaseCommand):
    help = "Forecasts what the open period of each programme will come to, with an interval."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=_day, metavar="DAY", help="as if it were this day (default: today)")
        parser.add_argument(
            "--back-test", action="store_true", help="forecast the past periods instead, and count the hits"
        )
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        if options["back_test"]:
            self._back_test(organisation, options["on"])
            return
        found = forecast(organisation=organisation, on=options["on"])
        for one in found:
            self.stdout.write(_line(one))
        if not found:
            self.stdout.write(_("No programme has an open period on this day."))

    def _back_test(self, organisation: Organisation, on: date | None) -> None:
        tested = back_test_programmes(organisation=organisation, on=on)
        for one in tested:
            self.stdout.write(
                _(
                    "%(programme)s, %(unit)s, after %(days)s/%(of)s of a period: in %(hits)s of %(tests)s within."
                )
                % {
                    "programme": one.programme,
                    "unit": one.unit,
                    "days": one.part.days,
                    "of": one.part.of,
                    "hits": one.result.hits,
                    "tests": one.result.tests,
                }
            )
        self.stdout.write(
            _(
                "In %(hits)s of %(tests)s past periods the final lay within the interval; it should in %(should)s."
            )
            % {
                "hits": sum(one.result.hits for one in tested),
                "tests": sum(one.result.tests for one in tested),
                "should": int(sum(one.result.should for one in tested)),
            }
        )


def _line(one: Forecast) -> str:
    told = {
        "programme": one.programme.key,
        "period": formats.period(one.period_from, one.period_to),
        "reached": formats.money(one.reached_minor, one.unit),
    }
    if one.expected_minor is None or one.low_minor is None or one.high_minor is None:
        return _("%(programme)s, %(period)s: %(reached)s so far; too little history to forecast.") % told
    return _(
        "%(programme)s, %(period)s: %(reached)s so far, %(expected)s expected, from %(low)s to %(high)s in "
        "%(covers)s of %(of)s cases."
    ) % {
        **told,
        "expected": formats.money(one.expected_minor, one.unit),
        "low": formats.money(one.low_minor, one.unit),
        "high": formats.money(one.high_minor, one.unit),
        "covers": one.covers,
        "of": one.of,
    }
