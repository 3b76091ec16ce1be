"""Filters above a list of earnings."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Max, Min, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base import formats
from headrace.earnings.models import Earning
from headrace.earnings.queries import quarter_of
from headrace.kernel.period import Period
from headrace.programmes.models import Programme

QUARTERS_SHOWN_MAX = 24


class EarningFilter(forms.Form):
    """One programme, one quarter, or all. An unknown choice filters nothing."""

    programme = forms.ChoiceField(label=_("Programme"), required=False)
    quarter = forms.ChoiceField(label=_("Quarter"), required=False)

    def __init__(self, earnings: QuerySet[Earning], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earnings = earnings
        programmes = Programme.objects.filter(
            pk__in=earnings.order_by().values("programme_id")
        ).prefetch_related("versions")
        self.quarters = {f"{q.starts.year}-{q.starts.month // 3 + 1}": q for q in _quarters(earnings, today)}
        self._choose("programme", [(one.key, one.title) for one in programmes], gettext("All programmes"))
        self._choose(
            "quarter",
            [(name, formats.period(quarter.starts, quarter.ends)) for name, quarter in self.quarters.items()],
            gettext("All quarters"),
        )

    def _choose(self, name: str, choices: list[tuple[str, str]], every: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices]

    @property
    def is_used(self) -> bool:
        """Whether something is left out."""
        return self.is_valid() and any(self.cleaned_data.values())

    def found(self) -> QuerySet[Earning]:
        """The earnings that were asked for; those of a quarter are those whose period touches it."""
        if not self.is_valid():
            return self.earnings
        asked = Q()
        if key := self.cleaned_data["programme"]:
            asked &= Q(programme__key=key)
        if name := self.cleaned_data["quarter"]:
            quarter = self.quarters[name]
            asked &= Q(period_from__lte=quarter.ends, period_to__gte=quarter.starts)
        return self.earnings.filter(asked)


def _quarters(earnings: QuerySet[Earning], today: date) -> list[Period]:
    """The quarters from the first earning to the last, the newest first; none after today's."""
    span = earnings.aggregate(first=Min("period_from"), last=Max("period_to"))
    found: list[Period] = []
    if span["first"] is None:
        return found
    day = min(span["last"], today)
    while day >= span["first"] and len(found) < QUARTERS_SHOWN_MAX:
        found.append(quarter_of(day))
        day = found[-1].starts - timedelta(days=1)
    return found
