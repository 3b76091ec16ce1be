"""Where a recipient stands in a period, and what reaching the next band would bring.

Nothing here knows how a rule pays: supposed facts are added, all is calculated, and what changed is told.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine import ahead, run
from headrace.engine.additions import TABLES
from headrace.engine.ahead import Rung
from headrace.engine.calendars import period_of
from headrace.engine.narrowing import depends_on_others, narrowed, possible_recipients
from headrace.engine.nodes import Attainment, Growth, Node, Number
from headrace.engine.programme import FactKind, Programme, Rule
from headrace.engine.result import Receipt
from headrace.engine.scales import Banded, Package
from headrace.engine.tables import ARROW, FACTS, Inputs
from headrace.engine.totals import grouped, named
from headrace.engine.writing import written
from headrace.kernel.period import Period

# The rule, the recipient, and the further group as in earnings.csv.
_Key = tuple[str, str, str]

# Ids of supposed facts, which no file brings.
_SUPPOSED = "\u0000supposed "
# Where a period has no facts yet: how many earlier ones are looked at, and how many different ones tried.
_EARLIER_FACTS_MAX = 500
_LIKE_FACTS_MAX = 20
# Below this, adding up by hand is quicker than making a plan: measured on three rules, on two busy cores.
_FEW_FACTS = 1_000


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a recipient stands in the current period of a rule, and what the next band would bring.

    `value` and `next_bound` are in the measure's unit, or parts of one (1.05 is 105%) where `is_share`;
    `missing` is in `unit_of_measure`: a currency, or empty where things are counted. `next_bound` is None at
    the top; `missing`, `earned_then` and `more` are None where they can't be told.
    """

    rule: str
    to: str
    recipient: str
    by: str
    period: Period
    measure_text: str
    unit_of_measure: str
    is_share: bool
    value: Fraction | None
    next_bound: Fraction | None
    missing: Decimal | None
    unit: str
    digits: int
    earned_now: Decimal
    earned_then: Decimal | None = None

    @property
    def ends(self) -> date:
        """The last day on which it counts."""
        return self.period.ends

    @property
    def more(self) -> Decimal | None:
        """What reaching the next band would bring beyond what is earned already."""
        return None if self.earned_then is None else self.earned_then - self.earned_now

    def sentence(self) -> str:
        """What is missing to the next band and what it brings; empty where that can't be told."""
        if self.missing is None:
            return ""
        more = f"{self.unit_of_measure} more" if self.unit_of_measure else f"more of {self.measure_text}"
        then = "reaches the next band"
        if self.more is not None:
            then = f"brings {self.recipient} {grouped(self.more)} {self.unit} more"
        return f"{named(self.rule, self.by)}: {grouped(self.missing)} {more} by {self.ends} {then}."


def progress(
    programme: Programme,
    inputs: Inputs,
    recipient: str,
    on: date,
    as_of: datetime | None = None,
    backend: str | None = None,
) -> list[Progress]:
    """The progress of one recipient on a day, for each rule with a period (and each further group of it)."""
    return progress_of(programme, inputs, [recipient], on, as_of, backend)[recipient]


def progress_of(
    programme: Programme,
    inputs: Inputs,
    recipients: Collection[str],
    on: date,
    as_of: datetime | None = None,
    backend: str | None = None,
) -> dict[str, list[Progress]]:
    """The same of several recipients, in about as many calculations as there are rules, not recipients.

    Without a `backend`, that which is quickest for so many facts: all give the same cents.
    """
    outlook = _Outlook(
        programme, narrowed(programme, inputs, recipients), frozenset(recipients), on, as_of, backend
    )
    found: dict[str, list[Progress]] = {recipient: [] for recipient in recipients}
    for each in outlook.all():
        found[each.recipient].append(each)
    return found


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a recipient stands by a rule. `like` is a receipt whose facts further ones would resemble."""

    rule: Rule
    recipient: str
    by: str
    x: Fraction | None
    unit: Fraction | None  # the baseline or target that x is parts of, else 1
    earned: Decimal
    like: Receipt | None

    @property
    def key(self) -> _Key:
        return self.rule.key, self.recipient, self.by

    @property
    def rung(self) -> Rung | None:
        return None if self.x is None else ahead.next_rung(self.rule.scale, self.x)


class _Outlook:
    """The progress of some recipients on a day."""

    def __init__(
        self,
        programme: Programme,
        inputs: Inputs,
        recipients: frozenset[str],
        on: date,
        as_of: datetime | None,
        backend: str | None,
    ) -> None:
        inputs = inputs.in_memory()
        self.programme, self.inputs, self.recipients = programme, inputs, recipients
        self.on, self.as_of = on, as_of
        given = inputs.by_name()
        facts = sum(table.num_rows for kind in TABLES if isinstance(table := given[kind], pa.Table))
        self.backend = backend or (run.REFERENCE if facts <= _FEW_FACTS else run.NAME)
        self.periods = {
            rule.key: period
            for rule in programme.rules
            if rule.every.kind not in ("fact", "order")
            and (period := period_of(on, rule.every, programme.calendar, programme.life))
        }
        self.rules = {rule.key: rule for rule in programme.rules if rule.key in self.periods}
        self.rows: dict[FactKind, dict[str, dict[str, Any]]] = {rule.facts: {} for rule in programme.rules}
        self._supposed_count = 0

    def all(self) -> Iterator[Progress]:
        """In the order of the rules of the document."""
        stands = self._standing()
        stands += self._beginning(stands)
        supposed = {stand.key: facts for stand in stands if (facts := self._supposed(stand))}
        earned_then: dict[_Key, Decimal] = {}
        for wave in self._waves([stand for stand in stands if stand.key in supposed]):
            earned_then |= self._earned_then(wave, supposed)
        order = list(self.rules)
        for stand in sorted(stands, key=lambda stand: (order.index(stand.rule.key), stand.by)):
            yield self._told(stand, earned_then.get(stand.key))

    # Where they stand

    def _receipts(self, inputs: Inputs, rules: Collection[str]) -> dict[_Key, Receipt]:
        """The receipts of the groups of the recipients in the current period of these rules."""
        if not rules:
            return {}
        result = run.calculate(self.programme, inputs, self.as_of, self.backend)
        earnings = result.earnings
        current = [
            pc.and_(
                pc.equal(earnings["rule"], rule), pc.equal(earnings["period_from"], self.periods[rule].starts)
            )
            for rule in rules
        ]
        ours = pc.is_in(earnings["recipient"], pa.array(sorted(self.recipients), pa.string()))
        wanted = earnings.filter(pc.and_(ours, reduce(pc.or_, current)))
        keys = {
            row["earning"]: (row["rule"], row["recipient"], row["by"])
            for row in wanted.select(["earning", "rule", "recipient", "by"]).to_pylist()
        }
        return {keys[receipt["earning"]]: receipt for receipt in result.receipts(keys)}

    def _standing(self) -> list[_Stand]:
        """Those who have facts in the period."""
        stands = []
        for (rule_key, recipient, by), receipt in self._receipts(self.inputs, self.rules).items():
            rule = self.rules[rule_key]
            x, earned = _measured(receipt), Decimal(receipt["amount"])
            stands.append(_Stand(rule, recipient, by, x, _compared_with(rule, receipt), earned, receipt))
            self._look_up(rule, (fact["id"] for fact in receipt["facts"]))
        return stands

    def _beginning(self, standing: Iterable[_Stand]) -> list[_Stand]:
        """Those who have none yet: their facts of earlier periods show what further ones would be like."""
        there = {(stand.rule.key, stand.recipient) for stand in standing}
        absent = [
            (rule, recipient)
            for rule in self.rules.values()
            for recipient in sorted(self.recipients & possible_recipients(rule, self.inputs, self.recipients))
            if not rule.by and (rule.key, recipient) not in there and isinstance(rule.scale, Banded | Package)
        ]
        earlier: dict[FactKind, list[dict[str, Any]]] = {}
        for rule, recipient in absent:
            earlier.setdefault(rule.facts, []).extend(self._earlier(rule, recipient))
        receipts = self._receipts(self._with(earlier), {rule.key for rule, _ in absent} if earlier else ())
        return [
            self._begun(rule, recipient, receipts.get((rule.key, recipient, "")))
            for rule, recipient in absent
        ]

    def _begun(self, rule: Rule, recipient: str, receipt: Receipt | None) -> _Stand:
        """A stand without facts: what is measured with supposed ones, less what those brought."""
        nothing = Decimal(0).scaleb(-self.programme.unit_digits(rule))
        if receipt is None:
            x = Fraction(0) if ahead.is_additive(rule.x) else None
            return _Stand(rule, recipient, "", x, Fraction(1), nothing, None)
        measured, unit = _measured(receipt), _compared_with(rule, receipt)
        parts = [ahead.contributed(rule, fact) for fact in receipt["facts"]]
        x = None
        if measured is not None and unit is not None and None not in parts:
            x = measured - sum((part for part in parts if part is not None), Fraction(0)) / unit
        return _Stand(rule, recipient, "", x, unit, nothing, receipt)

    def _earlier(self, rule: Rule, recipient: str) -> list[dict[str, Any]]:
        """The recipient's last facts, a few of different kinds, as if they happened again on the day."""
        last = self._last(rule, recipient) or ahead.plainest(rule, recipient, self.on)
        again = [ahead.again(row, self.on) for row in last]
        for row in again:
            row["id"] = self._new_id()
            self.rows[rule.facts][row["id"]] = row
        return again

    def _last(self, rule: Rule, recipient: str) -> list[dict[str, Any]]:
        table = self._facts(rule.facts)
        if rule.to not in ("partner", "person") or rule.to not in table.column_names:
            return []
        mask = pc.and_(pc.equal(table[rule.to], recipient), pc.less_equal(table["on"], self.on))
        rows = table.filter(mask).sort_by([("on", "descending"), ("id", "ascending")])
        kinds: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in rows[:_EARLIER_FACTS_MAX].to_pylist():
            if not any((row.get(name) or 0) < 0 for name in ahead.GROWING):
                kinds.setdefault((row.get("product"), row.get("type"), row.get("flow")), row)
        return list(kinds.values())[:_LIKE_FACTS_MAX]

    # What more would bring

    def _missing(self, stand: _Stand) -> Fraction | None:
        """What must be added to reach the next rung; None at the top, or where it can't be told."""
        measure = ahead.core(stand.rule.x)
        if stand.rung is None or stand.x is None or stand.unit is None or not ahead.is_additive(measure):
            return None
        rows = self.rows[stand.rule.facts]
        like = [rows[fact["id"]] for fact in stand.like["facts"] if fact["id"] in rows] if stand.like else []
        grain = ahead.grain_of(measure, self.programme.digits, like)
        return ahead.missing_to(stand.rung, stand.x, stand.unit, grain)

    def _supposed(self, stand: _Stand) -> list[dict[str, Any]]:
        missing = self._missing(stand)
        if missing is None or stand.like is None:
            return []
        rows, digits = self.rows[stand.rule.facts], self.programme.digits
        facts = ahead.supposed(stand.rule, missing, stand.like, rows, self.on, digits)
        return [{**fact, "id": self._new_id()} for fact in facts]

    def _waves(self, stands: Iterable[_Stand]) -> Iterator[list[_Stand]]:
        """Stands whose supposed facts can be calculated together, since none changes what another earns."""
        waves: dict[tuple[str, int], list[_Stand]] = {}
        counts: Counter[tuple[str, str]] = Counter()
        alone = depends_on_others(self.programme)
        for stand in stands:
            # Those who share an earning would also share in what is supposed for the other.
            shared = "" if alone or stand.rule.splits else stand.recipient
            waves.setdefault((stand.rule.key, counts[stand.rule.key, shared]), []).append(stand)
            counts[stand.rule.key, shared] += 1
        yield from waves.values()

    def _earned_then(
        self, wave: list[_Stand], supposed: Mapping[_Key, list[dict[str, Any]]]
    ) -> dict[_Key, Decimal]:
        """What each would earn with its supposed facts, where these do reach the rung."""
        facts = [fact for stand in wave for fact in supposed[stand.key]]
        receipts = self._receipts(self._with({wave[0].rule.facts: facts}), {wave[0].rule.key})
        then = {}
        for stand in wave:
            receipt = receipts.get(stand.key)
            x = _measured(receipt) if receipt else None
            if receipt and x is not None and stand.rung and stand.rung.is_reached(x):
                then[stand.key] = Decimal(receipt["amount"])
        return then

    def _told(self, stand: _Stand, earned_then: Decimal | None) -> Progress:
        rule = stand.rule
        missing, measure = self._missing(stand), ahead.core(rule.x)
        return Progress(
            rule=rule.key,
            to=stand.like["to"] if stand.like else _payee(rule),
            recipient=stand.recipient,
            by=stand.by,
            period=self.periods[rule.key],
            measure_text=written(rule.x),
            unit_of_measure=self.programme.currency if ahead.is_monetary(measure) else "",
            is_share=isinstance(rule.x, Growth | Attainment),
            value=stand.x,
            next_bound=stand.rung.bound if stand.rung else None,
            missing=None if missing is None else ahead.decimal(missing, self._places(measure)),
            unit=self.programme.unit(rule),
            digits=self.programme.unit_digits(rule),
            earned_now=stand.earned,
            earned_then=earned_then,
        )

    # Rows

    def _new_id(self) -> str:
        self._supposed_count += 1
        return f"{_SUPPOSED}{self._supposed_count}"

    def _places(self, measure: Node) -> int:
        return self.programme.digits if ahead.is_monetary(measure) else 0

    def _facts(self, kind: FactKind) -> pa.Table:
        table = getattr(self.inputs, TABLES[kind])
        if table is None:
            return pa.schema([(name, ARROW[of]) for name, of in FACTS[kind].items()]).empty_table()
        return table

    def _look_up(self, rule: Rule, ids: Iterable[str]) -> None:
        table = self._facts(rule.facts)
        wanted = table.filter(pc.is_in(table["id"], pa.array(list(ids), pa.string())))
        self.rows[rule.facts] |= {row["id"]: row for row in wanted.to_pylist()}

    def _with(self, facts: Mapping[FactKind, list[dict[str, Any]]]) -> Inputs:
        """The inputs and these facts, by their kind."""
        tables = {}
        for kind, rows in facts.items():
            table = self._facts(kind)
            added = [{name: row.get(name) for name in table.column_names} for row in rows]
            tables[TABLES[kind]] = pa.concat_tables([table, pa.Table.from_pylist(added, schema=table.schema)])
        return replace(self.inputs, **tables)


def _payee(rule: Rule) -> str:
    return "person" if rule.to == "person" else "partner"


def _measured(receipt: Receipt) -> Fraction | None:
    """x: what bands are reached by; a receipt that does not name it has the base for it."""
    values = {measure["name"]: measure["value"] for measure in reversed(receipt["measures"])}
    value = values.get("on", values.get("base"))
    return None if value is None else Fraction(value)


def _compared_with(rule: Rule, receipt: Receipt) -> Fraction | None:
    """The baseline or target that x is parts of; 1 of a plain measure."""
    if not isinstance(rule.x, Growth | Attainment):
        return Fraction(1)
    if isinstance(rule.x, Growth) and isinstance(rule.x.baseline, Number):
        return Fraction(rule.x.baseline.value)
    found = [measure for measure in receipt["measures"] if measure["name"] in ("baseline", "target")]
    named = [measure for measure in found if measure["text"] == written(rule.x)] or found
    return Fraction(named[0]["value"]) if named and named[0]["value"] is not None else None
