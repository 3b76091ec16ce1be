"""What people choose on the pages of the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation
from headrace.books.names import Names
from headrace.partners.models import Partner

DAY_INPUT = {"type": "date"}


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d"), **more)


class LiabilityFilter(forms.Form):
    """The end of which day, of which programme, of which partner (by its number)."""

    on = day_field(_("At the end of"), required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    partner = forms.CharField(label=_("Partner number"), required=False, max_length=100)

    def __init__(self, organisation: Organisation, names: Names, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        field = self.fields["programme"]
        assert isinstance(field, forms.ChoiceField)
        titles = [(one.key, one.title) for one in names.programmes.values()]
        field.choices = [("", gettext("All programmes")), *titles]

    def clean_partner(self) -> Partner | None:
        code = self.cleaned_data["partner"].strip()
        if not code:
            return None
        found = Partner.objects.filter(organisation=self.organisation, code=code).first()
        if found is None:
            raise forms.ValidationError(
                gettext("There is no partner with the number “%(code)s”.") % {"code": code}
            )
        return found


class JournalForm(forms.Form):
    """The days to export; without a first one, those not exported yet."""

    through = day_field(
        _("Through"), help_text=_("The last day of the export; it begins where the last one ended.")
    )

    def __init__(self, begins: date, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begins = begins
        self.fields["through"].widget.attrs.update({"min": begins.isoformat(), "max": today.isoformat()})


class AccountForm(forms.Form):
    """The number and the name of an account in the brand's chart of accounts."""

    code = forms.CharField(label=_("Account number"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=100)
