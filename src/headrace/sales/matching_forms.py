"""Forms of matching: which texts are shown, what is confirmed at once, what is made of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from headrace.sales.models import Meant, Source

SCORE_SHOWN = 90
MATCH = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")


class TextFilter(forms.Form):
    """Of which source and kind; of one import alone where a page of that import led here."""

    source = forms.ChoiceField(label=_("Source"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Meant.choices])
    run = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, sources: Iterable[Source], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All")), *((source.code, source.name) for source in sources)]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """What was chosen; of what is not there nothing."""
        self.is_valid()
        return self.cleaned_data


class ScoreForm(TextFilter):
    """The least score of what is listed to be confirmed at once."""

    score = forms.IntegerField(
        label=_("Score of at least"),
        min_value=65,
        max_value=100,
        initial=SCORE_SHOWN,
        required=False,
    )


class TargetForm(forms.Form):
    """The code and the name of what is made."""

    code = forms.CharField(label=_("Code"), max_length=100)
    name = forms.CharField(label=_("Name"), max_length=200)
    for_all_sources = forms.BooleanField(
        label=_("This text means the same in files of every source"), required=False
    )


def confirmed(values: Iterable[str]) -> dict[int, int]:
    """Text -> what it means, of the values `text:target` that a form sent; others are read over."""
    found = (MATCH.fullmatch(value) for value in values)
    return {int(match[1]): int(match[2]) for match in found if match}
