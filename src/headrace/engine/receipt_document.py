"""What of a programme's document a receipt carries, so that it can be computed anew from itself alone."""

from collections.abc import Mapping
from typing import Any

from headrace.engine.programme import Programme, Rule

# What a receipt needs beside the rule.
DOCUMENT_PARTS = ("programme", "version", "currency", "from", "to", "calendar", "cap", "budget", "fx")


def document_of(programme: Programme, rule: Rule) -> Mapping[str, Any]:
    """The programme as it was written, with this rule alone."""
    document = programme.document
    parts = {name: document[name] for name in DOCUMENT_PARTS if name in document}
    return {**parts, "earns": [one for one in document.get("earns", []) if one.get("key") == rule.key]}
