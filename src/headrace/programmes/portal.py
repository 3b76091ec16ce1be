"""Programmes as partners see them: what is on, and the terms in plain words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from headrace.partners.access import for_partner_people
from headrace.partners.models import Person
from headrace.programmes.access import get_programme
from headrace.programmes.queries import offers


@for_partner_people
def programmes(request: HttpRequest, person: Person) -> HttpResponse:
    found = offers(person.organisation, timezone.localdate(), get_language() or "en")
    return render(request, "programmes/portal/programmes.html", {"offers": found})


@for_partner_people
def terms(request: HttpRequest, person: Person, key: str) -> HttpResponse:
    programme = get_programme(request, key)
    return render(
        request,
        "programmes/portal/terms.html",
        {
            "programme": programme,
            "version": programme.current,
            "is_running": programme.is_running(timezone.localdate()),
            "sections": programme.current.terms(get_language() or "en"),
        },
    )
