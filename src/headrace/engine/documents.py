"""YAML and JSON to plain mappings, lists, texts and truths; numbers stay the text they were written as.

What a text could hide is refused: duplicate keys, aliases, tags, several documents, endless nesting.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

LENGTH_MAX = 200_000
DEPTH_MAX = 20

Plain = dict[str, "Plain"] | list["Plain"] | str | bool | None


class DocumentError(ValueError):
    """A text or mapping that is no document: the path, what was found, and what would be right."""

    def __init__(self, path: str, found: str, right: str) -> None:
        super().__init__(f"{path}: {found}, {right}")
        self.path = path
        self.found = found
        self.right = right


def read(text: str) -> Plain:
    """The document in a YAML or JSON text. Raises DocumentError."""
    if len(text) > LENGTH_MAX:
        raise DocumentError("document", f"{len(text)} characters", f"at most {LENGTH_MAX} are read")
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            return _json(text.removeprefix("\ufeff"))
        except json.JSONDecodeError:
            pass  # a YAML document may begin with a brace as well
    return _yaml(text)


def plain(value: object, path: str = "document", depth: int = 1) -> Plain:
    """A mapping that a caller built, in the form that `read` gives. Raises DocumentError, as for a float."""
    if depth > DEPTH_MAX:
        raise _too_deep(path)
    match value:
        case str():
            return value.strip()
        case None | bool():
            return value
        case int() | Decimal():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {
                _key(key, path): plain(item, join(path, str(key)), depth + 1) for key, item in value.items()
            }
        case list() | tuple():
            return [plain(item, f"{path}[{place}]", depth + 1) for place, item in enumerate(value)]
    if isinstance(value, float):
        raise DocumentError(path, f"the binary float {value}", 'a number is written as text, as "0.025"')
    raise DocumentError(path, f"a {type(value).__name__}", "a text, number, list or mapping is expected")


def join(path: str, key: str) -> str:
    """The path of a key below another; the document itself has no name in a path."""
    return key if path == "document" else f"{path}.{key}"


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise DocumentError(path, f"the key {key!r}", "keys are texts")
    return key


def _too_deep(path: str) -> DocumentError:
    return DocumentError(path, "too many levels inside each other", f"at most {DEPTH_MAX} levels are read")


# JSON


def _json(text: str) -> Plain:
    try:
        value = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_unique_pairs
        )
    except RecursionError:
        raise _too_deep("document") from None
    return plain(value)


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DocumentError(
            "document", f'the key "{twice}" stands twice in one mapping', "each key stands once"
        )
    return mapping


# YAML


def _yaml(text: str) -> Plain:
    try:
        return _Composer(yaml.parse(text, Loader=yaml.SafeLoader)).document()
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error) from None
    except yaml.YAMLError as error:
        raise DocumentError(
            "document", "a character that YAML does not allow", str(error).splitlines()[0]
        ) from None


def _unreadable(error: yaml.MarkedYAMLError) -> DocumentError:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "document"
    problem = error.problem or error.context or "no YAML"
    return DocumentError(where, problem, "a document is YAML or JSON; quote texts that hold : or #")


class _Composer:
    """Builds the document from YAML's events, and so sees depth, aliases and duplicate keys as they come."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events

    def document(self) -> Plain:
        value: Plain = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise DocumentError(_line(event), "a second document", "a file holds one programme")
                value = self.value(next(self.events), "document", 1)
        return value

    def value(self, event: yaml.Event, path: str, depth: int) -> Plain:
        if depth > DEPTH_MAX:
            raise _too_deep(path)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(
                path, f"an anchor or alias ({_line(event)})", "write the part out where it is used"
            )
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise DocumentError(path, f"the tag {tag} ({_line(event)})", "leave it out")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        return _scalar(event)

    def mapping(self, path: str, depth: int) -> Plain:
        mapping: dict[str, Plain] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.anchor:
                raise DocumentError(path, f"a key that is no text ({_line(event)})", "keys are texts")
            if event.value in mapping:
                raise DocumentError(
                    join(path, event.value), f"the key stands twice ({_line(event)})", "each key stands once"
                )
            mapping[event.value] = self.value(next(self.events), join(path, event.value), depth + 1)
        return mapping

    def sequence(self, path: str, depth: int) -> Plain:
        items: list[Plain] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, f"{path}[{len(items)}]", depth + 1))
        return items


# Of YAML's many plain words only these are no texts: a country "no" or a column "on" stays what it is.
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None,
}  # fmt: skip


def _scalar(event: Any) -> str | bool | None:
    value: str = event.value.strip()
    return _WORDS.get(value, value) if event.style is None else value


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark else "line unknown"
