"""What people fill in: a budget with its allocations."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base import formats
from headrace.base.models import Organisation
from headrace.kernel.period import Period
from headrace.partners.models import Partner
from headrace.programmes.budgets.plans import ALERT_AT, Share
from headrace.programmes.models import Allocation, Budget, BudgetVersion, Level, Programme

PARTNER = "partner"
BLANK_ROWS, ROWS_MAX = 3, 200
DAY_INPUT = {"type": "date"}


class LimitField(forms.DecimalField):
    """An amount in the budget's unit."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=0, max_digits=17, decimal_places=4, **more)


def to_minor(value: Decimal, unit: str) -> int:
    """Raises ValidationError where the unit has no such small parts."""
    minor = value.scaleb(formats.unit_digits(unit))
    if minor != minor.to_integral_value():
        raise forms.ValidationError(gettext("%(unit)s has no parts as small as this.") % {"unit": unit})
    return int(minor)


class PlanForm(forms.Form):
    """The whole: programme and days of a new budget, the limit, thresholds and why."""

    programme = forms.ChoiceField(label=_("Programme"))
    starts = forms.DateField(label=_("First day"), widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d"))
    ends = forms.DateField(label=_("Last day"), widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d"))
    limit = LimitField(label=_("Limit of the whole programme"))
    is_hard = forms.BooleanField(label=_("Hard limit: what goes beyond it is not published"), required=False)
    alert_at = forms.CharField(
        label=_("Tell people at"), max_length=40, help_text=_("Percentages of each limit, as 80, 100.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, organisation: Organisation, budget: Budget | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programmes = {
            one.key: one
            for one in Programme.objects.filter(organisation=organisation)
            .prefetch_related("versions")
            .order_by("key")
        }
        field = self.fields["programme"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, one.title) for key, one in self.programmes.items()]
        if budget is not None:  # its programme and days stay as they are
            for name in ("programme", "starts", "ends"):
                del self.fields[name]

    def clean_alert_at(self) -> list[int]:
        words = self.cleaned_data["alert_at"].replace("%", " ").replace(",", " ").split()
        if not all(word.isdecimal() and len(word) < 5 for word in words):
            raise forms.ValidationError(gettext("Give whole percentages, as 80, 100."))
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("starts") and given.get("ends") and given["ends"] < given["starts"]:
            self.add_error("ends", gettext("The last day lies before the first one."))
        return given

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["starts"], self.cleaned_data["ends"])


class ShareForm(forms.Form):
    """One allocation below the whole; left empty, none."""

    what = forms.ChoiceField(
        label=_("For"),
        required=False,
        choices=[
            ("", _("Nothing")),
            ("region", _("Region")),
            ("country", _("Country")),
            ("type", _("Type of partner")),
            ("tier", _("Tier")),
            (PARTNER, _("Partner")),
        ],
    )
    value = forms.CharField(label=_("Which: value, or partner number"), required=False, max_length=100)
    above = forms.CharField(label=_("Part of the segment"), required=False, max_length=100)
    limit = LimitField(label=_("Limit"), required=False)
    is_hard = forms.BooleanField(label=_("Hard limit"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("what"):
            for name in ("value", "limit"):
                if given.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, gettext("This is needed, or choose “Nothing”."))
        return given


ShareFormSet = forms.formset_factory(ShareForm, extra=BLANK_ROWS, max_num=ROWS_MAX, absolute_max=ROWS_MAX)


def shares_of(plan: PlanForm, rows: Any, organisation: Organisation, unit: str) -> list[Share]:
    """The plan as it was filled in, segments before partners. Raises ValidationError that names what isn't known."""
    whole = plan.cleaned_data
    found = [Share(to_minor(whole["limit"], unit), whole["is_hard"], above=None)]
    given = [row.cleaned_data for row in rows if row.cleaned_data.get("what")]
    places: dict[str, int] = {}
    for one in sorted(given, key=lambda one: one["what"] == PARTNER):
        limit_minor, above = to_minor(one["limit"], unit), one["above"].strip()
        if one["what"] == PARTNER:
            if above and above not in places:
                raise forms.ValidationError(
                    gettext("“%(value)s” is no segment of this budget.") % {"value": above}
                )
            partner = _partner(organisation, one["value"].strip())
            found.append(Share(limit_minor, one["is_hard"], partner=partner, above=places.get(above, 0)))
        else:
            places[one["value"].strip()] = len(found)
            found.append(Share(limit_minor, one["is_hard"], one["what"], one["value"].strip()))
    return found


def _partner(organisation: Organisation, code: str) -> Partner:
    found = Partner.objects.filter(organisation=organisation, code=code).first()
    if found is None:
        raise forms.ValidationError(
            gettext("There is no partner with the number “%(code)s”.") % {"code": code}
        )
    return found


def plan_initial(
    version: BudgetVersion | None, allocations: Sequence[Allocation], unit: str
) -> dict[str, Any]:
    """What stands, to be changed."""
    alert_at = version.alert_at if version else ALERT_AT
    told = {"alert_at": ", ".join(map(str, alert_at))}
    whole = next((one for one in allocations if one.level == Level.ORGANISATION), None)
    if whole is None:
        return told
    return {**told, "limit": formats.from_minor(whole.limit_minor, unit), "is_hard": whole.is_hard}


def rows_initial(allocations: Sequence[Allocation], unit: str) -> list[dict[str, Any]]:
    return [
        {
            "what": one.field or PARTNER,
            "value": one.partner.code if one.partner else one.value,
            "above": one.above.value if one.above else "",
            "limit": formats.from_minor(one.limit_minor, unit),
            "is_hard": one.is_hard,
        }
        for one in allocations
        if one.level != Level.ORGANISATION
    ]
