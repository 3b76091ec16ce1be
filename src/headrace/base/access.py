"""Who may pass a door. Whoever may not gets a 404: that a page exists is nobody else's business."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from headrace.base.models import ApiKey, Role, User

View = Callable[..., HttpResponseBase]


def user_of(request: HttpRequest) -> User:
    """The person who is signed in; `LoginRequiredMiddleware` has sent all others to the sign-in page."""
    return cast(User, request.user)


def for_roles(*roles: str) -> Callable[[View], View]:
    """Lets only people at the brand in who hold one of the roles."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not user_of(request).has_role(*roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


for_brand = for_roles(*Role)


def get_valid_api_key(request: HttpRequest, pk: int) -> ApiKey:
    """A key of the organisation of the person who asks, unless it is revoked."""
    return get_object_or_404(ApiKey, organisation_id=user_of(request).organisation_id, pk=pk, revoked_at=None)
