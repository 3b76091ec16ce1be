"""The shape of a document: `schema.json` is its one truth; each departure from it becomes a finding."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from headrace.engine.documents import Plain, join
from headrace.engine.expressions import nearest
from headrace.engine.programme import Finding

FINDINGS_MAX = 100


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of a programme."""
    text = resources.files("headrace.engine").joinpath("schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def departures(document: Plain) -> list[Finding]:
    """Where a document has not the shape of a programme: at most FINDINGS_MAX errors, in its own order."""
    found = (finding for error in _validator().iter_errors(document) for finding in _findings(error))
    return list(dict.fromkeys(islice(found, FINDINGS_MAX)))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _findings(error: ValidationError) -> Iterator[Finding]:
    path, rule = _path(error), _resolved(error.schema)
    instance: Any = error.instance
    needed: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = rule["properties"]
            for key in instance:
                if key not in known:
                    right = _meant(nearest(key, list(known))) or f"the keys are {', '.join(known)}"
                    yield Finding(join(path, key), "this key is not known here", right)
        case "required":
            for key in needed:
                if key not in instance:
                    right = f"give {_described(rule['properties'][key])}"
                    yield Finding(join(path, key), "this is missing", right)
        case "enum":
            close = nearest(instance, needed) if isinstance(instance, str) else []
            yield Finding(path, shown(instance), _meant(close) or f"give {_described(rule)}")
        case "maxLength":
            yield Finding(path, f"{len(instance)} characters", f"give {_described(rule)}")
        case "not":
            yield Finding(path, f"the keys {', '.join(instance) or '(none)'}", f"give {_described(rule)}")
        case _:
            yield Finding(path, shown(instance), f"give {_described(rule)}")


def _path(error: ValidationError) -> str:
    path = "document"
    for part in error.absolute_path:
        path = f"{path}[{part}]" if isinstance(part, int) else join(path, part)
    return path


def _resolved(rule: Any) -> Mapping[str, Any]:
    while "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    return dict(rule)


def _described(rule: Any) -> str:
    return str(_resolved(rule).get("description", "what the schema describes"))


def _meant(names: list[str]) -> str:
    return f"did you mean {' or '.join(names)}?" if names else ""


def shown(value: Plain) -> str:
    """A value of a document as a finding names it, cut where it is long."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
    return "a mapping" if value else "an empty mapping"
