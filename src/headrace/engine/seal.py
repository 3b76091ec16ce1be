"""The seal of a receipt: so that also a figure that nothing else depends on can't be changed unseen."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from headrace.engine.result import Receipt


def sealed(receipt: Mapping[str, Any]) -> Receipt:
    """The receipt with its seal."""
    return {**receipt, "seal": seal_of(receipt)}


def seal_of(receipt: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the receipt's canonical JSON without its seal."""
    rest = {name: part for name, part in receipt.items() if name != "seal"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
