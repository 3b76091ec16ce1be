"""Credit shares that a fact carries of its own: `anna:60%;ben:40%`."""

import re
from fractions import Fraction

_CREDIT = re.compile(r"\s*([^:;%]+?)\s*:\s*([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*%\s*")


class CreditsError(ValueError):
    """A text that is no credit shares: what it is, and what would be right."""


def read_credits(text: str) -> tuple[tuple[str, Fraction], ...]:
    """Who is credited with which part (3/5 is 60%), in the order of the text; what is left is nobody's.

    Raises CreditsError for another text, for shares over 100%, and where one recipient is named twice.
    """
    credits = []
    for part in text.split(";"):
        match = _CREDIT.fullmatch(part)
        if match is None:
            raise CreditsError(f"{part.strip()!r} is no credit share; as anna:60%;ben:40% would be right")
        credits.append((match[1], Fraction(match[2]) / 100))
    if sum(share for _, share in credits) > 1:
        raise CreditsError(f"{text!r} credits more than 100%; at most the whole fact can be shared")
    if len({recipient for recipient, _ in credits}) < len(credits):
        raise CreditsError(f"{text!r} names a recipient twice; each has one share")
    return tuple(credits)
