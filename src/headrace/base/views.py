"""Signing in and out, language, appearance, and the page that shows every component."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from headrace.base import actions
from headrace.base.context_processors import THEME_COOKIE, THEMES
from headrace.base.models import Role, User
from headrace.base.showcase import showcase
from headrace.base.sign_in import SignInForm
from headrace.base.specimen import specimen

COOKIE_AGE_SECONDS = 365 * 24 * 3600


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    template_name = "base/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """By POST only."""


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Takes `language` and `next`; an unknown language changes nothing."""
    response = _back(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
        if isinstance(request.user, User):
            actions.set_language(user=request.user, language=language)
    return response


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Takes `theme` (light, dark, or nothing: as the device) and `next`."""
    response = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _remember(response, THEME_COOKIE, theme)
    else:
        response.delete_cookie(THEME_COOKIE)
    return response


@login_not_required
@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Every component on one page."""
    _only_for_designers(request)
    return render(request, "base/design.html", showcase() | {"door": _shown_door(request)})


@login_not_required
@require_GET
def design_document(request: HttpRequest) -> HttpResponse:
    """Every part of a document on paper."""
    _only_for_designers(request)
    return HttpResponse(specimen(), content_type="application/pdf")


def _only_for_designers(request: HttpRequest) -> None:
    """Developers and channel managers; for anyone else these pages don't exist."""
    user = request.user
    if not (settings.DEBUG or (isinstance(user, User) and user.has_role(Role.CHANNEL_MANAGER))):
        raise Http404


def _shown_door(request: HttpRequest) -> str:
    return "base/portal.html" if request.GET.get("door") == "portal" else "base/console.html"


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the person came from, if it is one of ours."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if is_ours else resolve_url("home"))


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=COOKIE_AGE_SECONDS, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
