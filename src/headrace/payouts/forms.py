"""What people fill in: a settlement to prepare, by what to settle, and how someone is taxed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base import formats
from headrace.kernel.currency import digits
from headrace.kernel.period import Period
from headrace.payouts.drafting import SHARE_OF_ALL_E4
from headrace.payouts.models import Settlement, SettlementTerms, TaxProfile


class DayInput(forms.DateInput):
    """A calendar where the browser has one; always in ISO form."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PrepareForm(forms.Form):
    """The period to settle, and for an interim settlement how much of it."""

    kind = forms.ChoiceField(label=_("Settlement"), choices=Settlement.Kind.choices)
    starts = forms.DateField(label=_("First day"), widget=DayInput())
    ends = forms.DateField(label=_("Last day"), widget=DayInput())
    share = forms.DecimalField(
        label=_("Share, in per cent"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        decimal_places=2,
        help_text=_("For an interim settlement: so much of what was earned so far is paid now."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends = given.get("starts"), given.get("ends")
        if isinstance(starts, date) and isinstance(ends, date):
            if ends < starts:
                raise ValidationError({"ends": gettext("The last day is before the first one.")})
            given["period"] = Period(starts, ends)
        if given.get("kind") == Settlement.Kind.INTERIM and given.get("share") is None:
            self.add_error("share", gettext("Say how much of what was earned is paid now, as 50."))
        return given

    @property
    def share_e4(self) -> int:
        share = self.cleaned_data["share"]
        return SHARE_OF_ALL_E4 if share is None else int(share * 100)


class TermsForm(forms.Form):
    """Grace days, and the least payout of each currency."""

    grace_days = forms.IntegerField(
        label=_("Grace days"),
        min_value=0,
        max_value=366,
        help_text=_(
            "So many days after its end late sales still count into a period before it can be closed."
        ),
    )

    def __init__(self, terms: SettlementTerms, currencies: list[str], *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"grace_days": terms.grace_days}
        super().__init__(*args, **kwargs)
        self.currencies = currencies
        for currency in currencies:
            minimum = terms.minimums.get(currency, 0)
            self.fields[currency] = forms.DecimalField(
                label=_("Least payout in %(currency)s") % {"currency": currency},
                min_value=Decimal(0),
                max_digits=15,
                decimal_places=digits(currency),
                initial=formats.from_minor(minimum, currency),
                help_text=_("What is less is carried to the next settlement."),
            )

    @property
    def minimums(self) -> dict[str, int]:
        """Currency -> minor units."""
        return {
            currency: int(self.cleaned_data[currency].scaleb(digits(currency)))
            for currency in self.currencies
        }


class TaxProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """All of a profile that people tell; the verb checks the numbers."""

    class Meta:
        model = TaxProfile
        fields = (
            *("legal_name", "being", "activity", "country", "street", "postcode", "city"),
            *("tax_id", "vat_status", "vat_id", "exemption", "exemption_from", "exemption_to"),
        )
        labels = {
            "legal_name": _("Name before the law"),
            "being": _("What it is"),
            "activity": _("What it does"),
            "country": _("Country"),
            "street": _("Street"),
            "postcode": _("Postcode"),
            "city": _("City"),
            "tax_id": _("Tax number"),
            "vat_status": _("VAT"),
            "vat_id": _("VAT id"),
            "exemption": _("Certificate of exemption from withholding"),
            "exemption_from": _("Certificate holds from"),
            "exemption_to": _("Certificate holds to"),
        }
        widgets = {"exemption_from": DayInput(), "exemption_to": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        countries = sorted(
            ((code, name) for code, name in formats.locale().territories.items() if _is_country(code)),
            key=lambda pair: pair[1],
        )
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=countries)


def _is_country(code: str) -> bool:
    """CLDR lists continents by numbers, and a few codes that are no country's."""
    return len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
