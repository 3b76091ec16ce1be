"""How alike a text and what it is taken for are, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

LIKENESSES: dict[str, Promise] = {
    "same_but_case": _("The same, but for capital letters."),
    "same_letters": _("The same letters, without spaces and punctuation."),
    "same_legal_form_otherwise": _("The same name; its legal form is written otherwise."),
    "without_legal_form": _("The same name, once without its legal form."),
    "umlauts": _("The same letters; once an umlaut is written out."),
    "other_legal_form": _("The same name, but another legal form."),
    "digits_parted": _("The same digits, but parted otherwise."),
    "zeros_before": _("The same, but for zeros in front."),
    "other_order": _("The same words in another order."),
    "other_numbers": _("Much is alike, but the numbers differ: %(given)s and %(known)s."),
    "further_words": _("The same words; one of them has more: %(words)s."),
    "partly_alike": _("Many letters are the same."),
}


def tell_likeness(reason: str, params: Mapping[str, Any]) -> str:
    """Why a score is what it is (`matching.scores.Score`), as a sentence."""
    if reason == "letters_differ":
        return ngettext("%(count)s letter differs.", "%(count)s letters differ.", params["count"]) % params
    told: str = str(LIKENESSES[reason]) % params
    return told


def tell_best(proposals: Sequence[Mapping[str, Any]]) -> str:
    """The likeliest meaning of a text, of its proposals as JSON; nothing where there is none."""
    if not proposals:
        return ""
    best = proposals[0]
    return gettext("Most like it is “%(name)s” (%(code)s), by %(score)s of 100: %(likeness)s") % {
        **best,
        "likeness": tell_likeness(best["reason"], best["params"]),
    }
