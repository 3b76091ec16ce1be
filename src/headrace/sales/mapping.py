"""The mapping document: which column of a file becomes which field. Described in docs/reference/mapping.md.

A document is read as text throughout, so that `NO` stays a country and `0042` a code.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Literal, get_args

import yaml
from django.utils.translation import gettext as _

from headrace.engine.tables import STANDARD
from headrace.sales import fields, values
from headrace.sales.reasons import tell_right
from headrace.sales.values import Bad, Format

DOCUMENT_LENGTH_MAX = 200_000
NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
ATTRIBUTE_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
ENCODINGS = ("utf-8", "utf-16", "windows-1252", "windows-1250", "windows-1256", "iso-8859-1", "iso-8859-15")
DELIMITERS = {"tab": "\t", "\\t": "\t", "\t": "\t"} | {sign: sign for sign in ",;|^~:"}
TYPES = ("csv", "excel", "parquet", "x12", "edifact")
HEADER_ROW = re.compile(r"[0-9]{0,4}")
THOUSANDS = ("", ".", ",", " ", "'", "\u00a0", "\u202f", "’")
AttributeType = Literal["text", "number", "boolean"]
Unknown = Literal["reject", "create"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake in a document: where it stands, what was found, what would be right."""

    path: str
    found: str
    right: str

    def __str__(self) -> str:
        told = {"path": self.path, "found": self.found, "right": self.right}
        return _("%(path)s: %(found)s, %(right)s") % told


class MappingError(Exception):
    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


@dataclass(frozen=True, slots=True)
class Take:
    """Where one value comes from: literal texts and columns in turn, then the map of values.

    `parts` are pairs (literal, column): a column alone is (("", "Name"),), a constant (("USD", ""),).
    """

    parts: tuple[tuple[str, str], ...]
    values: Mapping[str, str] = field(default_factory=dict)
    unknown: Unknown = "reject"
    type: AttributeType = "text"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for _literal, column in self.parts if column)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What the document says of one file of a delivery. `skip` says why a file is left out on purpose."""

    pattern: str
    kind: fields.Kind | None
    format: Format
    empty: tuple[str, ...]
    columns: Mapping[str, Take]
    attributes: Mapping[str, Take]
    skip: str = ""

    def needed_columns(self) -> list[str]:
        """The columns that the file must have, each once, in the order of the document."""
        takes = (*self.columns.values(), *self.attributes.values())
        return list(dict.fromkeys(column for take in takes for column in take.columns))

    def matches(self, name: str) -> bool:
        return fnmatchcase(name.lower(), self.pattern.lower())


@dataclass(frozen=True, slots=True)
class MappingPlan:
    """A whole document as it is used."""

    name: str
    source: str
    source_name: str
    files: tuple[FileEntry, ...]
    text: str


@lru_cache(maxsize=32)  # a delivery of many files reads one document for each of them
def load(text: str) -> MappingPlan:
    """The document, or MappingError with every finding."""
    plan, findings = check(text)
    if plan is None:
        raise MappingError(findings)
    return plan


def check(text: str) -> tuple[MappingPlan | None, list[Finding]]:
    """The document as it is used, or None and what is wrong with it."""
    findings: list[Finding] = []
    document = _parse(text, findings)
    if document is None:
        return None, findings
    reader = _Reader(findings)
    plan = reader.plan(document, text)
    return (None, findings) if findings else (plan, [])


class _Loader(yaml.BaseLoader):
    """Reads every scalar as text, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"“{key}” stands twice", node.start_mark)
        return super().construct_mapping(node, deep=True)


def _parse(text: str, findings: list[Finding]) -> Mapping[str, Any] | None:
    if len(text) > DOCUMENT_LENGTH_MAX:
        found = _("%(length)s characters") % {"length": len(text)}
        right = _("at most %(length)s would be right") % {"length": DOCUMENT_LENGTH_MAX}
        findings.append(Finding("document", found, right))
        return None
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "document"
        detail = getattr(error, "problem", None) or str(error)
        findings.append(Finding(where, _("no YAML: %(detail)s") % {"detail": detail}, _("correct the line")))
        return None
    except RecursionError:
        findings.append(Finding("document", _("it is nested too deeply"), _("a mapping has five levels")))
        return None
    if not isinstance(document, Mapping):
        right = _("a mapping with mapping, source and files would be right")
        findings.append(Finding("document", _("it is no mapping of keys"), right))
        return None
    return document


class _Reader:
    """Walks a document and notes every finding with its path."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings

    def note(self, path: str, found: str, right: str) -> None:
        self.findings.append(Finding(path, found, right))

    def plan(self, document: Mapping[str, Any], text: str) -> MappingPlan:
        known = ("mapping", "source", "source_name", "format", "empty", "files")
        self.keys("", document, known)
        name = self.name("mapping", document.get("mapping"))
        source = self.name("source", document.get("source", name))
        base = self.format("format", document.get("format", {}), Format())
        empty = self.texts("empty", document.get("empty", []))
        entries = document.get("files")
        if not isinstance(entries, list) or not entries:
            self.note(
                "files", _("there are none"), _("a list with one entry for each kind of file would be right")
            )
            entries = []
        files = tuple(
            self.entry(f"files[{index}]", entry, base, empty) for index, entry in enumerate(entries)
        )
        return MappingPlan(
            name, source, self.text("source_name", document.get("source_name", source)), files, text
        )

    def entry(self, path: str, entry: Any, base: Format, empty: tuple[str, ...]) -> FileEntry:
        known = ("file", "kind", "format", "empty", "columns", "attributes", "skip")
        entry = self.mapping(path, entry)
        self.keys(path, entry, known)
        pattern = self.text(f"{path}.file", entry.get("file", "*"))
        if skip := entry.get("skip"):
            return FileEntry(pattern, None, base, (), {}, {}, self.text(f"{path}.skip", skip))
        kind = fields.KIND.get(self.choice(f"{path}.kind", entry.get("kind"), tuple(fields.KIND)))
        format = self.format(f"{path}.format", entry.get("format", {}), base)
        empty = (*empty, *self.texts(f"{path}.empty", entry.get("empty", [])))
        columns, attributes = {}, {}
        if kind:
            columns = self.columns(f"{path}.columns", entry.get("columns"), kind)
            attributes = self.attributes(f"{path}.attributes", entry.get("attributes", {}), kind)
            self.constants(f"{path}.columns", columns, kind, format)
        return FileEntry(pattern, kind, format, empty, columns, attributes)

    def format(self, path: str, given: Any, base: Format) -> Format:
        given = self.mapping(path, given)
        self.keys(path, given, Format.__slots__)
        of = {
            name: self.text(f"{path}.{name}", given.get(name, getattr(base, name)))
            for name in Format.__slots__
        }
        self.choice(f"{path}.type", of["type"], TYPES)
        if not HEADER_ROW.fullmatch(of["header"]):
            right = _("the number of the row with the columns' names would be right, as 4; 0 for none")
            self.note(f"{path}.header", f"“{of['header']}”", right)
        delimiter = self.choice(f"{path}.delimiter", of["delimiter"], tuple(DELIMITERS))
        of["delimiter"] = DELIMITERS.get(delimiter, ",")
        of["encoding"] = self.choice(f"{path}.encoding", of["encoding"].lower(), ENCODINGS)
        self.choice(f"{path}.quote", of["quote"], ('"', "'"))
        self.choice(f"{path}.decimal", of["decimal"], (".", ","))
        self.choice(f"{path}.thousands", of["thousands"], THOUSANDS)
        if of["thousands"] == of["decimal"]:
            found = _("“%(sign)s” also parts the decimals") % {"sign": of["thousands"]}
            self.note(f"{path}.thousands", found, _("two different signs would be right"))
        try:
            values.strptime_format(of["date"])
        except ValueError:
            right = _("year, month and day would be right, as YYYY-MM-DD, DD.MM.YYYY or MM/DD/YYYY")
            self.note(f"{path}.date", f"“{of['date']}”", right)
        return Format(**of)  # type: ignore[arg-type]

    def columns(self, path: str, given: Any, kind: fields.Kind) -> dict[str, Take]:
        given = self.mapping(path, given)
        self.keys(path, given, tuple(field.name for field in kind.fields))
        for wanted in kind.fields:
            if wanted.required and wanted.name not in given:
                told = {"field": wanted.name, "kind": kind.name.value}
                found = _("“%(field)s” is missing") % told
                self.note(path, found, _("a file of %(kind)s brings %(field)s") % told)
        takes = {}
        for name, take in given.items():
            known = kind.field(name)
            if known is None:
                continue
            options = ("unknown",) if known.refers else ()
            takes[name] = self.take(f"{path}.{name}", take, options)
            if known.refers == "partner" and takes[name].unknown == "create":
                right = _("reject would be right: a partner is made by a file of partners")
                self.note(f"{path}.{name}.unknown", "create", right)
        return takes

    def constants(self, path: str, takes: Mapping[str, Take], kind: fields.Kind, format: Format) -> None:
        """Values that the document itself gives must be right for their fields: else no row could be."""
        for name, take in takes.items():
            known = kind.field(name)
            own = "" if take.columns else "".join(literal for literal, _column in take.parts)
            for text in (take.values.get(own, own), *take.values.values()):
                if known and text:
                    self.constant(f"{path}.{name}", text, known, format)

    def constant(self, path: str, text: str, known: fields.Field, format: Format) -> None:
        try:
            known.maker(format)(text)
        except Bad as bad:
            self.note(path, f"“{text}”", tell_right(bad.reason, bad.params))

    def attributes(self, path: str, given: Any, kind: fields.Kind) -> dict[str, Take]:
        given = self.mapping(path, given)
        takes = {}
        standard = STANDARD[kind.of or kind.name]
        if given and kind.of is None:
            self.note(
                path, _("targets have no further columns"), _("the entry without attributes would be right")
            )
        for name, take in given.items():
            if not ATTRIBUTE_NAME.fullmatch(name):
                right = _("small letters, digits and _ would be right, as sales_channel")
                self.note(f"{path}.{name}", f"“{name}”", right)
            elif kind.field(name) or (name in standard and name != "credits"):
                self.note(
                    f"{path}.{name}",
                    _("this is a standard field"),
                    _("name it under columns, not attributes"),
                )
            takes[name] = self.take(f"{path}.{name}", take, ("type",))
        return takes

    def take(self, path: str, given: Any, options: tuple[str, ...]) -> Take:
        """A column's name, a template with {columns} in it, or a mapping that says more."""
        if isinstance(given, str):
            return Take(self.parts(path, given) if "{" in given else (("", self.text(path, given)),))
        given = self.mapping(path, given)
        sources = ("column", "constant", "template")
        self.keys(path, given, (*sources, "values", *options))
        named = [source for source in sources if source in given]
        if len(named) != 1:
            self.note(path, _("two sources") if named else _("no source"), _one_of(sources))
            return Take(())
        value = self.text(f"{path}.{named[0]}", given[named[0]])
        parts: tuple[tuple[str, str], ...]
        if named == ["template"]:
            parts = self.parts(f"{path}.template", value)
        else:
            parts = ((("", value)) if named == ["column"] else (value, ""),)
        mapped = self.mapping(f"{path}.values", given.get("values", {}))
        return Take(
            parts,
            {old: self.text(f"{path}.values.{old}", new) for old, new in mapped.items()},
            self.choice(f"{path}.unknown", given.get("unknown", "reject"), get_args(Unknown)),  # type: ignore[arg-type]
            self.choice(f"{path}.type", given.get("type", "text"), get_args(AttributeType)),  # type: ignore[arg-type]
        )

    def parts(self, path: str, template: str) -> tuple[tuple[str, str], ...]:
        """`{Order}-{Line}` as (("", "Order"), ("-", "Line"))."""
        pieces = re.fullmatch(r"(?:[^{}]*\{[^{}]+\})+[^{}]*", template)
        if pieces is None:
            self.note(path, f"“{template}”", _("columns in braces would be right, as {Order}-{Line}"))
            return ()
        found = re.findall(r"([^{}]*)(?:\{([^{}]+)\})?", template)
        return tuple((literal, column) for literal, column in found if literal or column)

    def mapping(self, path: str, given: Any) -> Mapping[str, Any]:
        if isinstance(given, Mapping) and all(isinstance(key, str) for key in given):
            return given
        if given not in ("", None):
            self.note(path, _("it is no mapping of keys"), _("key: value, one on each line, would be right"))
        return {}

    def keys(self, path: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
        known = tuple(known)
        for key in given:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1) or [", ".join(known)]
                self.note(
                    f"{path}.{key}".lstrip("."),
                    _("it is not known here"),
                    _("%(right)s would be right") % {"right": near[0]},
                )

    def text(self, path: str, given: Any) -> str:
        if isinstance(given, str):
            return given
        self.note(path, _("it is no text"), _("a text would be right"))
        return ""

    def texts(self, path: str, given: Any) -> tuple[str, ...]:
        if isinstance(given, list) and all(isinstance(item, str) for item in given):
            return tuple(given)
        self.note(path, _("it is no list of texts"), _('a list would be right, as ["NULL", "n/a"]'))
        return ()

    def name(self, path: str, given: Any) -> str:
        if isinstance(given, str) and NAME.fullmatch(given):
            return given
        found = _("it is missing") if given is None else f"“{given}”"
        self.note(path, found, _("small letters, digits, - and _ would be right, as north-distributor"))
        return ""

    def choice(self, path: str, given: Any, choices: tuple[str, ...]) -> str:
        if isinstance(given, str) and given in choices:
            return given
        found = _("it is missing") if given is None else f"“{given}”"
        self.note(path, found, _one_of(choices))
        return ""


def _one_of(choices: Iterable[str]) -> str:
    return _("one of %(choices)s would be right") % {"choices": ", ".join(repr(choice) for choice in choices)}
