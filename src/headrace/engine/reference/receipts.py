"""The receipt of an earning: what was measured, each step with its figures, each fact with its share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from headrace import __version__
from headrace.engine.expressions import Certified, Compare, Field, Growth, Increase
from headrace.engine.programme import Programme, Rule
from headrace.engine.reference.across import Earning
from headrace.engine.reference.facts import looked_at
from headrace.engine.reference.groups import Group
from headrace.engine.reference.measures import Comparison, Counted, comparisons
from headrace.engine.reference.rules import Outcome, Share, factor, weights
from headrace.engine.reference.values import Value, value_of
from headrace.engine.result import Receipt
from headrace.engine.scales.steps import Figure
from headrace.engine.seal import sealed
from headrace.engine.tables import Kind
from headrace.engine.writing import exact_text, field_text, minor_text, value_text, written

# What of a programme's document a receipt needs beside the rule.
DOCUMENT_PARTS = ("programme", "version", "currency", "from", "to", "calendar", "cap", "budget", "fx")


def receipt_of(earning: Earning, programme: Programme) -> Receipt:
    """The receipt as JSON holds it: exact figures are texts, `n/d` where no finite decimal is exact."""
    outcome, rule = earning.outcome, earning.rule
    digits = programme.unit_digits(rule)
    columns = looked_at(rule)
    shown = [*outcome.group.window] if earning.is_group else []
    receipt = {
        "programme": programme.key,
        "version": programme.version,
        "engine": __version__,
        "earning": earning.id,
        "rule": rule.key,
        "to": earning.to,
        "recipient": earning.recipient,
        "by": dict(zip(map(field_text, rule.by), outcome.group.by, strict=True)),
        "period": {"from": earning.period.starts.isoformat(), "to": earning.period.ends.isoformat()},
        "mark": earning.mark,
        "unit": programme.unit(rule),
        "digits": digits,
        "amount": minor_text(earning.minor, digits),
        "document": document_of(programme, rule),
        "measures": _measures(outcome) if earning.is_group else [],
        "gates": gate_entries(outcome) if earning.is_group else [],
        "steps": [
            {"kind": step.kind, "label": _label(step.label), "amount": exact_text(step.amount)}
            for step in earning.steps
        ],
        "columns": {written(column): _kind(value_of(column, fact) for fact in shown) for column in columns},
        "facts": _facts(earning, shown, columns),
    }
    return sealed(receipt)


def document_of(programme: Programme, rule: Rule) -> Mapping[str, Any]:
    """The programme as it was written, with this rule alone."""
    document = programme.document
    parts = {name: document[name] for name in DOCUMENT_PARTS if name in document}
    return {**parts, "earns": [one for one in document.get("earns", []) if one.get("key") == rule.key]}


def _measures(outcome: Outcome) -> list[dict[str, str | None]]:
    """x and b, what they and the gates are compared with, and what had been earned before."""
    measured, group = outcome.measured, outcome.group
    rule = group.rule
    found = [("on", written(rule.x), measured.x), ("base", written(rule.b), measured.b)]
    for name, text, value in _compared(group):
        found.append((name, text, value))
    if rule.deduct:
        found.append(("deducted", ", ".join(sorted(rule.deduct)), measured.deducted))
    if measured.place:
        found += [("place", "", Fraction(measured.place)), ("tied", "", Fraction(measured.tied))]
    found += [(f"{limit}_paid", "", paid) for limit, paid in sorted(outcome.paid_before.items())]
    return [{"name": name, "text": text, "value": exact_or_none(value)} for name, text, value in found]


def _compared(group: Group) -> Iterable[tuple[str, str, Fraction | None]]:
    """Each baseline and target that was looked up, under the comparison that needed it."""
    asked = [(group.seen, group.rule.x), *((group.seen, gate.condition) for gate in group.rule.gates)]
    found = {(node, True): group.seen.compared_with(node) for _, root in asked for node in comparisons(root)}
    found |= {(node, False): group.paid.compared_with(node) for node in comparisons(group.rule.b)}
    seen: set[Comparison] = set()
    for (node, _), value in found.items():
        looked_up = not isinstance(node, Growth | Increase) or isinstance(node.baseline, str)
        if looked_up and node not in seen:
            seen.add(node)
            yield ("baseline" if isinstance(node, Growth | Increase) else "target"), written(node), value


def gate_entries(outcome: Outcome) -> list[dict[str, Any]]:
    """Each gate with what it found, what it needed and what was missing, where it compares two numbers."""
    group = outcome.group
    gates = []
    for gate, is_held in zip(group.rule.gates, outcome.measured.gates, strict=True):
        entry: dict[str, Any] = {"text": gate.text, "holds": is_held}
        if isinstance(gate.condition, Compare):
            value = value_of(gate.condition.left, group.seen)
            needed = value_of(gate.condition.right, group.seen)
            if isinstance(value, Fraction) and isinstance(needed, Fraction):
                missing = Fraction(0) if is_held else abs(needed - value)
                entry |= {
                    "value": exact_or_none(value),
                    "needed": exact_or_none(needed),
                    "missing": exact_or_none(missing),
                }
        gates.append(entry)
    return gates


def _facts(
    earning: Earning, shown: Iterable[Counted], columns: Sequence[Field | Certified]
) -> list[dict[str, Any]]:
    outcome = earning.outcome
    rule, paid_for = outcome.group.rule, {fact.id: n for n, fact in enumerate(outcome.group.facts)}
    weighed = weights(outcome.group)
    shares = {part.fact.id: part for part in earning.parts}
    given: dict[str, list[Share]] = defaultdict(list)
    for share in outcome.shares:
        given[share.fact.id].append(share)
    entries = []
    for fact in shown:
        entry = {
            "id": fact.id,
            "on": fact.on.isoformat(),
            "values": {written(column): _plain(value_of(column, fact)) for column in columns},
            "credit": exact_text(fact.credit),
        }
        if fact.id in paid_for:
            entry["factor"] = exact_text(factor(rule, fact))
            entry["weight"] = exact_text(weighed[paid_for[fact.id]])
            entry |= _given(earning, given[fact.id])
        if fact.id in shares:
            entry["share"] = str(shares.pop(fact.id).minor)
        entries.append(entry)
    for part in shares.values():
        row = part.fact.row
        taken = {"id": row["id"], "on": row["on"].isoformat(), "takes_back": row["returns"]}
        entries.append({**taken, "share": str(part.minor)})
    return entries


def _given(earning: Earning, shares: Sequence[Share]) -> dict[str, Any]:
    """What the rule gave for a fact before the programme's limits, and to whom each part of a split."""
    entry: dict[str, Any] = {
        "given": str(sum(s.minor for s in shares if (s.to, s.recipient) == (earning.to, earning.recipient)))
    }
    if earning.rule.splits:
        entry["split"] = [
            {"path": split.to, "recipient": share.recipient, "share": str(share.minor)}
            for split, share in zip(earning.rule.splits, shares, strict=True)
        ]
    return entry


def _kind(values: Iterable[Value]) -> Kind:
    for value in values:
        match value:
            case bool():
                return "truth"
            case Fraction():
                return "number"
            case date():
                return "date"
    return "text"


def _plain(value: Value) -> str | bool | None:
    return value if value is None or isinstance(value, bool) else value_text(value)


def _label(label: Mapping[str, Figure]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else exact_text(value) for name, value in label.items()}


def exact_or_none(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)
