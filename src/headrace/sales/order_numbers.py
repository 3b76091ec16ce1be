"""Numbers of invoices and orders, as different hands write them."""

from __future__ import annotations

import unicodedata
from itertools import groupby

LENGTH_MAX = 100


def order_key(number: str) -> str:
    """What is compared of the number of an invoice or order: `INV-2026/00123` and `2026 123` have one key.

    Letters before the first digit, signs between, zeros at the beginning of a group of digits, case and width
    say nothing. A number without digits keeps its letters; a text with neither has no key.
    """
    signs = [_plain(sign) for sign in unicodedata.normalize("NFKC", number).casefold()]
    groups = ["".join(group) for kept, group in groupby(signs, str.isalnum) if kept]
    while len(groups) > 1 and groups[0].isalpha():
        groups.pop(0)
    if groups:
        groups[0] = groups[0].lstrip("".join(sign for sign in groups[0] if sign.isalpha())) or groups[0]
    return "".join(group.lstrip("0") or group[:1] for group in groups)[:LENGTH_MAX]


def _plain(sign: str) -> str:
    """A digit of any script as one of ours; every other sign as it is."""
    return str(unicodedata.decimal(sign, sign))
