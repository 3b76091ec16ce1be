"""The form of a reporting calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from headrace.partners.models import Partner
from headrace.sales.models import ReportingCalendar


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """How often, until when, and whom to remind."""

    partner_code = forms.CharField(
        label=_("Number of the partner who reports"),
        required=False,
        max_length=100,
        help_text=_("Where it is one of your partners, as a distributor."),
    )

    class Meta:
        model = ReportingCalendar
        fields = (
            "every", "starts_on", "grace_days", "contact_name", "contact_email", "language",
            "remind_every_days", "reminders_max",
        )  # fmt: skip
        labels = {
            "every": _("How often it reports"),
            "starts_on": _("From"),
            "grace_days": _("Days of grace"),
            "contact_name": _("Who reports"),
            "contact_email": _("E-mail"),
            "language": _("Language"),
            "remind_every_days": _("Days between reminders"),
            "reminders_max": _("Reminders at most"),
        }
        help_texts = {
            "starts_on": _("The period with this day in it is the first that is expected."),
            "grace_days": _("After the end of a period; the last of them is the day due."),
            "contact_email": _("Reminders go there. Without one the channel managers are told at once."),
            "reminders_max": _("After the last one the channel managers are told."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.partner:
            self.fields["partner_code"].initial = self.instance.partner.code
        self.fields["starts_on"].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean_partner_code(self) -> str:
        code: str = self.cleaned_data["partner_code"].strip()
        organisation = self.instance.organisation
        self.instance.partner = Partner.objects.filter(organisation=organisation, code=code).first()
        if code and self.instance.partner is None:
            raise forms.ValidationError(
                _("There is no partner “%(code)s”. Write its number as the list of partners has it."),
                params={"code": code},
            )
        return code
