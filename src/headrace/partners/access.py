"""Who of the partners may see what. Another partner's object is a 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.base.models import User
from headrace.partners.models import Partner, Person


def is_partner_person(user: User) -> bool:
    """Whether someone belongs to a partner; all others are people of the brand."""
    return Person.objects.filter(user=user, partner__isnull=False, left_on=None).exists()


def for_partner_people(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Lets only people of partners in, and gives the view the person: view(request, person, ...)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = (
            Person.objects.select_related("partner", "organisation")
            .filter(user=user_of(request), partner__isnull=False, left_on=None)
            .first()
        )
        if person is None:
            raise Http404
        return view(request, person, *args, **kwargs)

    return guarded


def get_partner(request: HttpRequest, code: str) -> Partner:
    """A partner of the organisation of the person who asks."""
    return get_object_or_404(Partner, organisation_id=user_of(request).organisation_id, code=code)
