"""What an approver is shown, and the hash by which it is known again.

`seen` is any JSON without floats. What stands under `figures` is shown line by line, as {"label": code} with one of
"minor" and "unit" (an amount), "e4" and "unit" (one of a sales line), "number", "on" (a day, as 2026-03-31), "code"
(another one of the kind's labels) or "text"; with "params" its label takes them. What stands under `document`, a text,
is shown whole. The rest, such as the hash of a file, is only compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


def content_hash(
    seen: Mapping[str, Any],
    *,
    amount_minor: int | None,
    unit: str,
    risk: str = "",
    segments: Sequence[str] = (),
) -> str:
    """SHA-256 of all on which a decision depends, as canonical JSON. Raises TypeError for a float."""
    _refuse_floats(seen)
    content = {
        "seen": seen,
        "amount_minor": amount_minor,
        "unit": unit,
        "risk": risk,
        "segments": sorted(segments),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"seen: {value!r} is a float; an amount is an integer in minor units")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for one in inner:
        _refuse_floats(one)
