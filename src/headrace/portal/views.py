"""The partner's home: what was earned, what is next and what it would bring."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.earnings import queries, screens
from headrace.earnings.progress import goals_of
from headrace.partners.access import for_partner_people
from headrace.partners.models import Person
from headrace.payouts.queries import statements_of_person

RECENT = 5


@for_partner_people
def home(request: HttpRequest, person: Person) -> HttpResponse:
    today = timezone.localdate()
    earnings = queries.earnings_of_person(person)
    this_quarter = queries.quarter_of(today)
    totals = queries.totals(earnings)
    unit = screens.main_unit(totals, person.organisation.currency)
    return render(
        request,
        "portal/home.html",
        {
            "person": person,
            "quarter": formats.period(this_quarter.starts, this_quarter.ends),
            "earned_this_quarter": queries.earned_between(earnings, this_quarter.starts, this_quarter.ends),
            "earned_this_year": queries.earned_between(earnings, date(today.year, 1, 1), this_quarter.ends),
            "unit": unit,
            "last_statement": statements_of_person(person).first(),
            "goals": goals_of(person, today),
            "chart": screens.month_chart(_("Earned by month"), earnings, unit, today),
            "recent": queries.standing(earnings)[:RECENT],
        },
    )
