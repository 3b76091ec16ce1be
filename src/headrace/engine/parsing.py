"""A document to a programme: its shape, its leaves, and what its parts must hold together."""

from collections.abc import Mapping
from typing import Any

from headrace.engine import documents
from headrace.engine.coherence import check_programme
from headrace.engine.documents import DocumentError
from headrace.engine.fields import Columns
from headrace.engine.programme import (
    Audience,
    Budget,
    Calendar,
    Cap,
    Every,
    Finding,
    Fx,
    PaysOut,
    Programme,
    ProgrammeError,
)
from headrace.engine.report import Reader, Report, optional
from headrace.engine.rule_parsing import Raw, read_cap, read_rule, read_title
from headrace.engine.structure import departures
from headrace.engine.tokens import exact


def load(text: str) -> Programme:
    """The programme in a YAML or JSON text. Raises ProgrammeError with every error that was found."""
    programme, findings = check(text)
    if programme is None:
        raise ProgrammeError([finding for finding in findings if finding.severity == "error"])
    return programme


def check(
    document: Mapping[str, Any] | str, columns: Columns | None = None
) -> tuple[Programme | None, list[Finding]]:
    """The programme in a document, or None with at least one error; warnings may come with either.

    `document` is YAML or JSON text, or a mapping. `columns` are the further columns that the data brings;
    while there is no data (None), a field that is not standard is only warned of.
    """
    try:
        plain = documents.read(document) if isinstance(document, str) else documents.plain(document)
    except DocumentError as error:
        return None, [Finding(error.path, error.found, error.right)]
    findings = departures(plain)
    if findings or not isinstance(plain, dict):
        return None, findings
    report = Report(columns)
    programme = _programme(plain, report)
    check_programme(programme, report)
    return (None if report.failed else programme), report.findings


def _programme(raw: dict[str, Any], report: Report) -> Programme:
    caps = raw.get("cap", [])
    return Programme(
        key=raw["programme"],
        version=int(raw.get("version", "1")),
        title=read_title(raw.get("title")),
        currency=raw["currency"],
        digits=report.currency(raw["currency"], "currency"),
        starts=report.day(raw["from"], "from"),
        ends=report.day(raw["to"], "to") if "to" in raw else None,
        calendar=_calendar(raw.get("calendar", "calendar")),
        audience=_audience(raw.get("audience", {}), report),
        rules=tuple(read_rule(rule, f"earns[{place}]", report) for place, rule in enumerate(raw["earns"])),
        caps=tuple(_cap(cap) for cap in ([caps] if isinstance(caps, Mapping) else caps)),
        budget=_budget(raw.get("budget")),
        fx=_fx(raw.get("fx", "on_date"), report),
        look_back_months=int(raw.get("new_customer_months", "12")),
        restates=raw.get("restates", False),
        pays_out=_pays_out(raw.get("pays_out")),
        grace_days=int(raw.get("grace_days", "0")),
        document=raw,
    )


def _calendar(raw: str | Raw) -> Calendar:
    if raw == "calendar":
        return Calendar()
    if raw == "4-4-5":
        return Calendar("4-4-5")
    assert isinstance(raw, Mapping)
    kind, starts = next(iter(raw.items()))
    month, day = starts["starts"].split("-")
    return Calendar("fiscal" if kind == "fiscal" else "4-4-5", int(month), int(day))


def _audience(raw: Raw, report: Report) -> Audience:
    where = Reader(report, None).condition(raw.get("where"), "audience.where")
    return Audience(where, raw.get("enrolment", "automatic"))


def _cap(raw: Raw) -> Cap:
    """A cap of the whole programme; without a period it is the programme's life."""
    cap = read_cap(raw)
    assert cap is not None
    return cap if cap.every else Cap(cap.amount, Every("programme"))


def _budget(raw: Raw | None) -> Budget | None:
    return Budget(exact(raw["amount"]), raw.get("when_spent", "stop")) if raw else None


def _fx(raw: Any, report: Report) -> Fx:
    if isinstance(raw, str):
        return Fx(raw)  # type: ignore[arg-type]
    rates = {code: exact(rate) for code, rate in raw["fixed"].items()}
    for code in rates:
        report.currency(code, f"fx.fixed.{code}")
    return Fx("fixed", rates)


def _pays_out(raw: Raw | None) -> PaysOut | None:
    if raw is None:
        return None
    minimum = optional(raw.get("minimum"))
    return PaysOut(Every(raw["every"]), int(raw.get("days_after", "0")), minimum, raw.get("needs"))
