"""Of which day one wants to see the ledger."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DayForm(forms.Form):
    """A day; without one, or with something else, it is today."""

    on = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def day_of(request: HttpRequest) -> tuple[DayForm, date]:
    """The form above a page, and the day that was asked for."""
    today = timezone.localdate()
    form = DayForm(request.GET if "on" in request.GET else {"on": today.isoformat()})
    return form, (form.is_valid() and form.cleaned_data["on"]) or today
