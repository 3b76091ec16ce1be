"""What people fill in: what is questioned, a sale that is missing, a message, an answer, goodwill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base import formats
from headrace.base.models import Organisation, User
from headrace.base.proofs import ProofsField
from headrace.disputes.actions import PROOFS_MAX, Asked, Right
from headrace.disputes.models import Answer, Dispute, Reason, e4
from headrace.earnings.models import Earning
from headrace.kernel.period import Period
from headrace.programmes.models import Programme
from headrace.sales.drafting.labels import LABELS
from headrace.sales.models import Product, SalesLine
from headrace.sales.products import product_named

NOTHING, LINES, AMOUNT = "nothing", "lines", "amount"
HELD = (
    (NOTHING, _("Nothing: I ask for more")),
    (LINES, _("What the chosen lines brought")),
    (AMOUNT, _("This amount:")),
)


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2000, required=required, widget=forms.Textarea(attrs={"rows": 3})
    )


def _evidence() -> ProofsField:
    return ProofsField(
        count_max=PROOFS_MAX,
        label=_("Evidence"),
        help_text=_("Photos or PDFs, as an invoice or a delivery note; up to five."),
        required=False,
    )


def _date(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _amount(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, min_value=Decimal(0), max_digits=14, decimal_places=4
    )


def _product(label: Any, *, required: bool = True) -> forms.CharField:
    field = forms.CharField(
        label=label, max_length=200, required=required, help_text=_("Its name or its code.")
    )
    field.widget.attrs["list"] = "products"
    return field


class QuestionForm(forms.Form):
    """Which lines and steps of an earning are questioned, why, and what of it waits for the answer."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=[("", _("Choose a reason")), *Reason.choices]
    )
    words = _words(_("In your words"))
    held = forms.ChoiceField(
        label=_("What waits for the answer?"),
        choices=HELD,
        initial=NOTHING,
        help_text=_("All else is paid as ever."),
    )
    amount = _amount(_("Amount in question"), required=False)
    product = _product(_("Right product"), required=False)
    sold_on = _date(_("Right day"), required=False)
    quantity = _amount(_("Right quantity"), required=False)
    net_amount = _amount(_("Right net amount"), required=False)
    evidence = _evidence()

    def __init__(
        self,
        earning: Earning,
        lines: Mapping[str, tuple[SalesLine, int]],
        steps: Sequence[str],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """`lines` maps what the page names a line by to the line and its share in minor units."""
        super().__init__(*args, **kwargs)
        self.earning, self.lines, self.steps = earning, lines, steps
        self.chosen_lines: list[tuple[SalesLine, int]] = []
        self.chosen_steps: list[str] = []

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        data = self.data
        names = data.getlist("line") if hasattr(data, "getlist") else []
        self.chosen_lines = [self.lines[name] for name in names if name in self.lines]
        places = data.getlist("step") if hasattr(data, "getlist") else []
        self.chosen_steps = [self.steps[int(place)] for place in places if self._is_place(place)]
        if given.get("held") == AMOUNT and not given.get("amount"):
            self.add_error("amount", gettext("Say which amount."))
        if given.get("held") == LINES and not self.chosen_lines:
            self.add_error("held", gettext("Choose the lines above that are in question."))
        if self._right(given) != Right() and len(self.chosen_lines) != 1:
            self.add_error(None, gettext("Say what would be right for one line at a time: choose that line."))
        return given

    def clean_amount(self) -> Decimal | None:
        amount: Decimal | None = self.cleaned_data["amount"]
        return None if amount is None else _whole_minor(amount, self.earning.digits)

    def _is_place(self, place: str) -> bool:
        return place.isdecimal() and int(place) < len(self.steps)

    def _right(self, given: Mapping[str, Any]) -> Right:
        text = given.get("product") or ""
        return Right(
            product_text=text,
            product=product_named(self.earning.organisation_id, text) if text else None,
            sold_on=given.get("sold_on"),
            quantity_e4=_e4(given.get("quantity")),
            net_amount_e4=_e4(given.get("net_amount")),
        )

    @property
    def asked(self) -> list[Asked]:
        """What is questioned; only of a form that is valid. Without a line or a step, the earning as a whole."""
        given = self.cleaned_data
        reason, right = Reason(given["reason"]), self._right(given)
        is_held = given["held"] == LINES
        asked = [
            Asked(reason, line, questioned_minor=max(0, share) if is_held else 0, right=right)
            for line, share in self.chosen_lines
        ]
        asked += [Asked(reason, step=step) for step in self.chosen_steps]
        if given["held"] == AMOUNT:
            minor = int(given["amount"].scaleb(self.earning.digits))
            asked.append(Asked(reason, questioned_minor=minor))
        return asked or [Asked(reason)]


def _e4(value: Decimal | None) -> int | None:
    return None if value is None else e4(value)


class MissingForm(forms.Form):
    """A sale that is nowhere: as it stands on the invoice."""

    programme = forms.ChoiceField(label=_("Programme"))
    product = _product(_("Product"))
    sold_on = _date(_("Day of the sale"))
    quantity = _amount(_("Quantity"))
    net_amount = _amount(_("Net amount"))
    order_id = forms.CharField(label=_("Invoice number"), max_length=100)
    serial = forms.CharField(label=_("Serial number"), max_length=100, required=False)
    words = _words(_("In your words"), required=False)
    evidence = _evidence()

    def __init__(self, organisation: Organisation, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.today = organisation, today
        self.programmes = _programmes(self, organisation)

    def clean_sold_on(self) -> date:
        on: date = self.cleaned_data["sold_on"]
        if on > self.today:
            raise ValidationError(gettext("The day lies ahead. Only a sale that was made can be missing."))
        return on

    @property
    def programme_chosen(self) -> Programme:
        return self.programmes[self.cleaned_data["programme"]]

    @property
    def asked(self) -> Asked:
        given = self.cleaned_data
        right = Right(
            product_text=given["product"],
            product=product_named(self.organisation.pk, given["product"]),
            sold_on=given["sold_on"],
            quantity_e4=e4(given["quantity"]),
            net_amount_e4=e4(given["net_amount"]),
            currency=self.organisation.currency,
            order_id=given["order_id"],
            serial=given["serial"],
        )
        return Asked(Reason.MISSING_SALE, right=right)


def _programmes(form: forms.Form, organisation: Organisation) -> dict[str, Programme]:
    """The programmes by key, offered as the choices of the form."""
    found = {one.key: one for one in organisation.programmes.prefetch_related("versions").order_by("key")}
    field = form.fields["programme"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(key, one.title) for key, one in found.items()]
    return found


class CompareForm(forms.Form):
    """What a partner thinks it sold: a file, for a programme and a period."""

    programme = forms.ChoiceField(label=_("Programme"))
    starts = _date(_("First day"))
    ends = _date(_("Last day"))
    file = forms.FileField(
        label=_("File"), help_text=_("CSV, Excel or Parquet, as it comes from your system.")
    )

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programmes = _programmes(self, organisation)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("starts") and given.get("ends") and given["ends"] < given["starts"]:
            self.add_error("ends", gettext("The last day lies before the first."))
        return given

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["starts"], self.cleaned_data["ends"])

    @property
    def programme_chosen(self) -> Programme:
        return self.programmes[self.cleaned_data["programme"]]


class ColumnsForm(forms.Form):
    """Which column of a file is which field."""

    def __init__(
        self, fields: Sequence[str], needed: Sequence[str], columns: Sequence[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("No column")), *((name, name) for name in columns if name)]
        for name in fields:
            self.fields[name] = forms.ChoiceField(
                label=str(LABELS[name]), choices=choices, required=name in needed
            )

    @property
    def columns(self) -> dict[str, str]:
        return {name: column for name, column in self.cleaned_data.items() if column}


class MessageForm(forms.Form):
    """A message of the partner."""

    text = _words(_("Message"), required=False)
    evidence = _evidence()


class NoteForm(forms.Form):
    """A message of the brand, or a note of its own."""

    text = _words(_("Message"))
    is_internal = forms.BooleanField(label=_("Internal note: the partner doesn’t see it"), required=False)


class ReopenForm(forms.Form):
    words = _words(_("Why is the answer not right?"))


class AssignForm(forms.Form):
    """Who answers for it."""

    to = forms.ChoiceField(label=_("Assigned to"))

    def __init__(self, users: Sequence[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.users = {str(user.pk): user for user in users}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, user.name) for key, user in self.users.items()]


class DecideForm(forms.Form):
    """Which items are accepted (checkboxes of the page, named `item`), and the answer."""

    answer = forms.ChoiceField(label=_("Answer"), choices=[("", _("Choose a reason")), *Answer.choices])
    words = _words(_("What the partner should know"), required=False)

    def __init__(self, dispute: Dispute, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation_id = dispute.organisation_id
        self.open_items = [item for item in dispute.items.all() if not item.outcome]
        for item in self.open_items:
            if item.product_text and item.product_id is None:
                label = gettext("Product for “%(text)s”") % {"text": item.product_text}
                self.fields[f"product_{item.pk}"] = _product(label, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in [name for name in given if name.startswith("product_") and given[name]]:
            product = product_named(self.organisation_id, given[name])
            if product is None:
                message = gettext("There is no product “%(text)s”. Choose one of the list.")
                self.add_error(name, message % {"text": given[name]})
            else:
                given[name] = product
        return given

    @property
    def products(self) -> dict[int, Product]:
        return {
            int(name.partition("_")[2]): value
            for name, value in self.cleaned_data.items()
            if name.startswith("product_") and isinstance(value, Product)
        }

    def accepted(self, names: Sequence[str]) -> list[int]:
        """The keys of the items that were ticked."""
        open_now = {str(item.pk): item.pk for item in self.open_items}
        return [open_now[name] for name in names if name in open_now]


class GoodwillForm(forms.Form):
    """An amount and why it is given."""

    amount = _amount(_("Amount"))
    explanation = forms.CharField(
        label=_("Explanation"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, unit: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.fields["amount"].label = gettext("Amount (%(unit)s)") % {"unit": unit}

    @property
    def amount_minor(self) -> int:
        """In minor units; only of a form that is valid."""
        return int(self.cleaned_data["amount"].scaleb(formats.unit_digits(self.unit)))

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        return _whole_minor(amount, formats.unit_digits(self.unit))


def _whole_minor(amount: Decimal, digits: int) -> Decimal:
    """The amount, where it is one of whole minor units; nothing of it is rounded away."""
    minor = amount.scaleb(digits)
    if minor != int(minor):
        raise ValidationError(gettext("The amount has more decimals than its unit."))
    return amount
