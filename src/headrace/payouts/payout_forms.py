"""What people fill in: bank accounts, batches, and answers of banks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from headrace.kernel.currency import is_currency
from headrace.payouts.bank.answers import BYTES_MAX
from headrace.payouts.methods import METHODS
from headrace.payouts.models import AccountNumbers

NUMBERS = ("iban", "bic", "routing", "number", "account_type")


class NumbersForm(forms.Form):
    """The numbers of an account; which of them are needed depends on its kind."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AccountNumbers.Kind.choices)
    holder = forms.CharField(
        label=_("Account holder"), max_length=70, help_text=_("The name by which the bank knows the account.")
    )
    iban = forms.CharField(
        label=_("IBAN"), max_length=42, required=False, help_text=_("For an account with an IBAN.")
    )
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False, help_text=_("May be left empty."))
    routing = forms.CharField(
        label=_("Routing number"),
        max_length=9,
        required=False,
        help_text=_("For an account in the United States: nine digits."),
    )
    number = forms.CharField(label=_("Account number"), max_length=30, required=False)
    account_type = forms.ChoiceField(
        label=_("Type of account"), choices=AccountNumbers.Type.choices, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("iban", "bic", "routing", "number"):
            # Kept by no browser, and written from left to right in any language.
            self.fields[name].widget.attrs.update(
                {"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}
            )

    @property
    def numbers(self) -> dict[str, str]:
        """Of a form that is valid: what `enter_bank_account` takes beside kind and holder."""
        return {name: self.cleaned_data[name] for name in NUMBERS}


class PayingAccountForm(NumbersForm):
    """The brand's own account for payouts in a unit."""

    unit = forms.CharField(label=_("Currency"), max_length=3, help_text=_("As EUR: what is paid from it."))
    company_id = forms.CharField(
        label=_("Company identification"),
        max_length=10,
        required=False,
        help_text=_("By which the bank in the United States knows you."),
    )
    bank_name = forms.CharField(label=_("Name of the bank"), max_length=23, required=False)
    field_order = ("unit", "kind", "holder")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (AccountNumbers.Kind.IBAN, AccountNumbers.Kind.US)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), choices=[(kind.value, kind.label) for kind in kinds]
        )
        self.order_fields(self.field_order)

    def clean_unit(self) -> str:
        unit: str = self.cleaned_data["unit"].strip().upper()
        if not is_currency(unit):
            raise forms.ValidationError(_("This is no currency. Write its code, as EUR or USD."))
        return unit

    @property
    def numbers(self) -> dict[str, str]:
        names = ("company_id", "bank_name")
        return super().numbers | {name: self.cleaned_data[name] for name in names}


class WaitingForm(forms.Form):
    waiting_days = forms.IntegerField(
        label=_("Waiting time in days"),
        min_value=0,
        max_value=90,
        help_text=_("After a new bank account was approved, nothing is paid to its owner for so long."),
    )


class PrepareForm(forms.Form):
    """Which payouts are prepared, and for which day."""

    method = forms.ChoiceField(choices=[(method.code, method.label) for method in METHODS])
    unit = forms.CharField(max_length=40)
    execution_on = forms.DateField(
        label=_("To be paid on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class AnswerForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=_("File of the bank"),
        help_text=_("pain.002, camt.053 or camt.054, as the bank gives it."),
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_MAX:
            raise forms.ValidationError(_("The file is too large: 50 MB at most."))
        return file


class NoteForm(forms.Form):
    note = forms.CharField(label=_("What you found"), max_length=500)
