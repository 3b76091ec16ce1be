"""The filter above the sales lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from headrace.sales.drafting.labels import LABELS
from headrace.sales.models import SalesLine, Source

# Fields that a line may lack -> how it tells that.
EMPTY: dict[str, dict[str, Any]] = {
    "person": {"person": None},
    "product": {"product": None},
    "customer": {"customer": None},
    "order_id": {"order_id": ""},
    "serial": {"serial": ""},
    "flow": {"flow": ""},
    "list_amount": {"list_amount_e4": None},
    "unit_cost": {"unit_cost_e4": None},
}
DAY = forms.DateInput(attrs={"type": "date"})


class LineFilter(forms.Form):
    """What is asked for; a wrong value filters nothing."""

    partner = forms.CharField(label=_("Partner"), required=False, max_length=200)
    product = forms.CharField(label=_("Product"), required=False, max_length=200)
    first = forms.DateField(label=_("From"), required=False, widget=DAY)
    last = forms.DateField(label=_("To"), required=False, widget=DAY)
    source = forms.ChoiceField(label=_("Source"), required=False)
    run = forms.IntegerField(label=_("Import"), required=False, min_value=1)
    flow = forms.ChoiceField(
        label=_("Flow"), required=False, choices=[("", _("All")), *SalesLine.Flow.choices]
    )
    customer = forms.ChoiceField(
        label=_("Customer"),
        required=False,
        choices=[
            ("", _("All")),
            ("new", _("New to everyone")),
            ("new_to_partner", _("New to the partner only")),
            ("known", _("Known to the partner")),
        ],
    )
    reported_first = forms.DateField(label=_("Reported from"), required=False, widget=DAY)
    reported_last = forms.DateField(label=_("Reported to"), required=False, widget=DAY)
    empty = forms.ChoiceField(
        label=_("Without"), required=False, choices=[("", "–"), *((name, LABELS[name]) for name in EMPTY)]
    )
    withdrawn = forms.BooleanField(label=_("Withdrawn lines too"), required=False)

    def __init__(self, sources: Iterable[Source], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All")), *((source.code, source.name) for source in sources)]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """What was chosen; of what is not there nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
