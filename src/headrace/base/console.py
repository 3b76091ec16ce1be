"""Settings as a channel manager sees them: the keys of the API."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base.access import for_roles, get_valid_api_key, user_of
from headrace.base.api import keys
from headrace.base.api.keys import Scope
from headrace.base.models import ApiKey, Role


class KeyForm(forms.Form):
    """A new key: who sends with it."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy(
            "Who sends with it, as “Till of the shop in Turin”. What comes in names it as its source."
        ),
    )


@for_roles(Role.CHANNEL_MANAGER)
def api_keys(request: HttpRequest) -> HttpResponse:
    """All keys, the valid ones first; makes a new one, whose token is shown this once."""
    user = user_of(request)
    form, token = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _key, token = keys.make_key(
                organisation=user.organisation,
                name=form.cleaned_data["name"],
                scopes=[Scope.SEND_SALES],
                user=user,
            )
            form = KeyForm()
        except ValidationError as error:
            form.add_error("name", error)
    found = ApiKey.objects.filter(organisation=user.organisation).select_related("created_by")
    context = {
        "form": form,
        "token": token,
        "valid": found.filter(revoked_at=None).order_by("name"),
        "revoked": found.exclude(revoked_at=None).order_by("-revoked_at"),
    }
    return render(request, "base/console/api_keys.html", context)


@for_roles(Role.CHANNEL_MANAGER)
def revoke_api_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then revokes."""
    key = get_valid_api_key(request, pk)
    if request.method != "POST":
        return render(request, "base/console/revoke_api_key.html", {"key": key})
    keys.revoke_key(key=key, user=user_of(request))
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key.name})
    return redirect("console:api_keys")
