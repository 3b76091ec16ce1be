"""What people fill in: a claim, and a decision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation
from headrace.base.proofs import ProofsField
from headrace.claims.actions import PROOFS_MAX, Sold
from headrace.claims.models import Refusal, SaleClaim
from headrace.sales.models import Product
from headrace.sales.products import product_named

E4 = Decimal(10_000)


class ClaimForm(forms.Form):
    """A sale as a salesperson has it on the invoice."""

    proofs = ProofsField(
        count_max=PROOFS_MAX,
        label=_("Invoice"),
        help_text=_("A photo or a PDF; up to three."),
        error_messages={"required": _("Take a photo of the invoice, or choose a file.")},
    )
    product = forms.CharField(label=_("Product"), max_length=200, help_text=_("Its name or its code."))
    serial = forms.CharField(label=_("Serial number"), max_length=100, required=False)
    sold_on = forms.DateField(
        label=_("Day of the sale"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=10_000, initial=1)
    net_amount = forms.DecimalField(
        label=_("Net amount"),
        min_value=0,
        max_digits=14,
        decimal_places=4,
        help_text=_("Of all pieces, without tax."),
    )
    invoice_number = forms.CharField(label=_("Invoice number"), max_length=100)
    customer = forms.CharField(label=_("Customer"), max_length=200, required=False)

    def __init__(self, organisation: Organisation, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.today = organisation, today
        self.fields["product"].widget.attrs["list"] = "products"

    def clean_invoice_number(self) -> str:
        number: str = self.cleaned_data["invoice_number"]
        if not any(sign.isalnum() for sign in number):
            raise ValidationError(
                gettext("An invoice number has letters or digits, as it stands on the invoice.")
            )
        return number

    def clean_sold_on(self) -> date:
        on: date = self.cleaned_data["sold_on"]
        if on > self.today:
            raise ValidationError(gettext("The day lies ahead. Claim a sale when it is made."))
        return on

    @property
    def sold(self) -> Sold:
        """What was filled in; only of a form that is valid."""
        given = self.cleaned_data
        return Sold(
            product_text=given["product"],
            product=product_named(self.organisation.pk, given["product"]),
            sold_on=given["sold_on"],
            quantity_e4=int(given["quantity"] * E4),
            net_amount_e4=int(given["net_amount"] * E4),
            invoice_number=given["invoice_number"],
            serial=given["serial"],
            customer=given["customer"],
        )


class ApproveForm(forms.Form):
    """The product, where the one that was written isn't known."""

    product = forms.CharField(label=_("Product"), max_length=200, help_text=_("Its name or its code."))

    def __init__(self, claim: SaleClaim, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim = claim
        if claim.product_id:
            del self.fields["product"]
        else:
            self.fields["product"].widget.attrs["list"] = "products"

    def clean_product(self) -> Product:
        text: str = self.cleaned_data["product"]
        named = product_named(self.claim.organisation_id, text)
        if named is None:
            raise ValidationError(
                gettext("There is no product “%(text)s”. Choose one of the list.") % {"text": text}
            )
        return named


class RefuseForm(forms.Form):
    """The reason, and what else is to be said."""

    refusal = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *Refusal.choices])
    comment = forms.CharField(
        label=_("What the claimant should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
