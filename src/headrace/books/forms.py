"""What people choose on the pages of the books."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation
from headrace.books.accounts import BookAccount
from headrace.books.names import Names
from headrace.ledger.models import Stage
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


class AccountsForm(forms.Form):
    """The number and the name of the account for each stage, in the brand's chart of accounts."""

    def __init__(self, accounts: Mapping[Stage, BookAccount], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = accounts
        for stage, account in accounts.items():
            for part, length, label in (
                ("code", 40, gettext("%(stage)s: account number")),
                ("name", 100, gettext("%(stage)s: name")),
            ):
                self.fields[f"{stage}-{part}"] = forms.CharField(
                    label=label % {"stage": stage.label}, max_length=length, initial=getattr(account, part)
                )

    def changed(self) -> list[tuple[Stage, str, str]]:
        """The stages whose account is another one now: with its number and its name."""
        given = (
            (stage, self.cleaned_data[f"{stage}-code"], self.cleaned_data[f"{stage}-name"])
            for stage in self.accounts
        )
        return [(stage, code, name) for stage, code, name in given if (code, name) != self._before(stage)]

    def _before(self, stage: Stage) -> tuple[str, str]:
        return self.accounts[stage].code, self.accounts[stage].name
