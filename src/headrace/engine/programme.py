"""A programme as it is calculated: immutable, every default filled in, every number an exact decimal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from headrace.engine.expressions import Aggregate, Field, Node
from headrace.engine.scales import Scale
from headrace.kernel.period import Period

FactKind = Literal["sale", "deal", "event"]
Recipient = Literal["partner", "person", "partner.parent", "partner.distributor"]
Rounding = Literal["half_up", "half_even", "down"]
EveryKind = Literal[
    "fact", "order", "month", "quarter", "half_year", "year", "programme", "rolling", "windows"
]
PayKind = Literal["money", "points", "fund", "discount", "status", "badge", "reward", "entry"]
Returns = Literal["when_sold", "when_returned", "original_rate"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """How months, quarters and years are cut; a fiscal year starts on the given day of the given month."""

    kind: Literal["calendar", "fiscal", "4-4-5"] = "calendar"
    starts_month: int = 1
    starts_day: int = 1


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose facts may earn, and how they come in."""

    where: Node | None = None
    enrolment: Literal["automatic", "opt_in", "invitation"] = "automatic"


@dataclass(frozen=True, slots=True)
class Window:
    """A named period of a rule of its own, both days included."""

    name: str
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Every:
    """The period over which facts are added up; `months` of a rolling one, `windows` of named ones."""

    kind: EveryKind
    months: int = 0
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that must hold for the group, with its text as written."""

    condition: Node
    text: str


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor for the facts for which `where` is true, or for all."""

    where: Node | None
    by: Decimal


@dataclass(frozen=True, slots=True)
class Cap:
    """The most (of a floor: the least) that one recipient is paid in each period; None is the rule's own."""

    amount: Decimal
    every: Every | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A share (0.7 is 70%) of each earning, and who gets it."""

    to: Recipient
    share: Decimal


@dataclass(frozen=True, slots=True)
class Pays:
    """What is paid; `name` of the points, fund, tier, badge, item or contest, empty where it has none."""

    kind: PayKind = "money"
    name: str = ""
    qualifying: bool = False
    # Of a status: the last day it is held, and the days before a downgrade takes effect.
    holds_until: date | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Fixed:
    """`without_baseline: {pays_fixed: 500}`."""

    amount: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that all recipients together are paid over the programme's life."""

    amount: Decimal
    when_spent: Literal["stop", "pro_rata"] = "stop"


@dataclass(frozen=True, slots=True)
class Fx:
    """Which rate converts a fact; `rates` of `fixed`: one unit of a currency in that of the programme."""

    kind: Literal["on_date", "period_average", "period_end", "fixed"] = "on_date"
    rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaysOut:
    """How often earnings are paid, how many days after the period ends, from which sum, and what it needs."""

    every: Every
    days_after: int = 0
    minimum: Decimal | None = None
    needs: Literal["approval", "claim"] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One earning rule. Amounts are in units of what it pays."""

    key: str
    facts: FactKind
    to: Recipient
    every: Every
    scale: Scale
    where: Node | None = None
    by: tuple[Field, ...] = ()
    base: Node | None = None
    gates: tuple[Gate, ...] = ()
    multipliers: tuple[Multiplier, ...] = ()
    highest_only: bool = False
    cap: Cap | None = None
    floor: Cap | None = None
    splits: tuple[Split, ...] = ()
    overlay: bool = False
    duplicate_credit: bool = False
    deduct: tuple[str, ...] = ()
    best_of: str | None = None
    rounding: Rounding = "half_up"
    pays: Pays = Pays()
    returns: Returns = "when_sold"
    minimum_payout: Decimal | None = None
    without_baseline: Literal["pays_lowest_band"] | Fixed | None = None
    negative: bool = False
    title: Mapping[str, str] = field(default_factory=dict)

    @property
    def x(self) -> Node:
        """The measure that the scale is read on; left out, it is the base."""
        return self.scale.on or self.base or self._usual_measure()

    @property
    def b(self) -> Node:
        """The measure that a rate is applied to; left out, it is the one the scale is read on."""
        return self.base or self.scale.on or self._usual_measure()

    def _usual_measure(self) -> Node:
        if self.facts == "event":
            return Aggregate("count")
        return Aggregate("sum", Field("fact", "net_amount" if self.facts == "sale" else "amount"))


@dataclass(frozen=True, slots=True)
class Programme:
    """A whole programme; `document` is the mapping it was read from, `digits` those of its currency."""

    key: str
    version: int
    title: Mapping[str, str]
    currency: str
    digits: int
    starts: date
    ends: date | None
    calendar: Calendar
    audience: Audience
    rules: tuple[Rule, ...]
    caps: tuple[Cap, ...] = ()
    budget: Budget | None = None
    fx: Fx = Fx()
    look_back_months: int = 12
    restates: bool = False
    pays_out: PaysOut | None = None
    grace_days: int = 0
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def life(self) -> Period:
        """The days on which facts earn; without an end, up to the last day there is."""
        return Period(self.starts, self.ends or date.max)

    def unit(self, rule: Rule) -> str:
        """What an earning of the rule is counted in: a currency, or the name of what is paid."""
        if rule.pays.kind in ("money", "discount"):
            return self.currency
        return rule.pays.name

    def unit_digits(self, rule: Rule) -> int:
        """The decimals of that unit: those of the currency, or none for what is counted in whole pieces."""
        return self.digits if rule.pays.kind in ("money", "discount", "fund") else 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at a path of the document, and what would be right."""

    path: str
    found: str
    right: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.found}, {self.right}"


class ProgrammeError(ValueError):
    """A document that is no programme; `findings` holds at least one error."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
