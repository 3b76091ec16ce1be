"""Sends each person to the door that is theirs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headrace.base.access import user_of
from headrace.partners.access import is_partner_person


def home(request: HttpRequest) -> HttpResponse:
    return redirect("portal:home" if is_partner_person(user_of(request)) else "console:home")
