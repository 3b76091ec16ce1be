"""Programmes as the brand sees them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from headrace.base.access import for_brand
from headrace.programmes.access import get_programme


@for_brand
def terms(request: HttpRequest, key: str) -> HttpResponse:
    """The programme told in plain sentences, beside the document it is told from."""
    programme = get_programme(request, key)
    return render(
        request,
        "programmes/console/terms.html",
        {
            "programme": programme,
            "version": programme.current,
            "sections": programme.current.terms(get_language() or "en"),
        },
    )
