"""Signing in, slowed down where passwords are being guessed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import SignInFailure

WINDOW = timedelta(minutes=15)
FAILURES_MAX_PER_EMAIL = 10
FAILURES_MAX_PER_ADDRESS = 100  # higher: an office or a proxy may stand behind one address


class SignInForm(AuthenticationForm):
    """E-mail address and password; the answer never tells whether the address is known."""

    username = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {
        "invalid_login": _(
            "This e-mail address and password don't belong together. Check both and try again."
        ),
        "inactive": _("This account is switched off. Ask the brand's channel manager to switch it on again."),
    }

    def clean(self) -> dict[str, Any]:
        email = str(self.cleaned_data.get("username", "")).lower()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if is_locked(email, address):
            raise ValidationError(
                _("Too many attempts. Wait 15 minutes, then try again."), code="too_many_attempts"
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            note_failure(email, address)
            raise
        SignInFailure.objects.filter(email=email).delete()
        return cleaned


def is_locked(email: str, address: str) -> bool:
    """True after too many failures for this person or from this network address."""
    recent = SignInFailure.objects.filter(at__gt=timezone.now() - WINDOW)
    return (
        recent.filter(email=email).count() >= FAILURES_MAX_PER_EMAIL
        or recent.filter(address=address).count() >= FAILURES_MAX_PER_ADDRESS
    )


def note_failure(email: str, address: str) -> None:
    SignInFailure.objects.filter(at__lte=timezone.now() - WINDOW).delete()
    SignInFailure.objects.create(email=email, address=address)
