"""What a settlement would bring each owner, worked out from the ledger; writes nothing.

Amounts are what is owed to the owner: credits of its accounts.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet, Sum

from headrace.base.models import Organisation
from headrace.engine.reference.amounts import apportion
from headrace.kernel.currency import is_currency
from headrace.kernel.period import Period
from headrace.ledger.models import Entry, Stage
from headrace.partners.models import Person
from headrace.payouts.models import Settlement, SettlementPayee, TaxProfile
from headrace.payouts.profiles import profiles_of
from headrace.payouts.tax.vat import vat_of
from headrace.payouts.tax.withholding import Payment, withheld_of

Outcome = SettlementPayee.Outcome
SHARE_OF_ALL_E4 = 10_000
APPROVED_KIND = "settlement_approved"
EARNING_KIND = "earning"

Owed = tuple[str, str]  # an owner and a unit


@dataclass(frozen=True, slots=True)
class Scope:
    """What is settled: of a period, by everything up to `counted_to` and `position`; `share_e4` at 1e-4."""

    organisation: Organisation
    kind: str
    period: Period
    counted_to: date
    share_e4: int
    position: int
    minimums: Mapping[str, int]

    @property
    def is_final(self) -> bool:
        return self.kind == Settlement.Kind.FINAL


@dataclass(slots=True)
class LineDraft:
    """Of one programme. `accrued` is what this settlement approves, `clawed_back` the part of it below nought."""

    programme: str
    accrued_minor: int = 0
    clawed_back_minor: int = 0
    carried_in_minor: int = 0
    gross_minor: int = 0
    withheld_minor: int = 0


@dataclass(slots=True)
class PayeeDraft:
    """Of one owner in one unit; see `SettlementPayee`."""

    owner: str
    partner_id: int
    person_id: int | None
    unit: str
    lines: Sequence[LineDraft]
    outcome: str = ""
    gross_minor: int = 0
    vat_minor: int = 0
    withheld_minor: int = 0
    tax: dict[str, Any] = field(default_factory=dict)
    vat: dict[str, Any] = field(default_factory=dict)

    @property
    def accrued_minor(self) -> int:
        return sum(line.accrued_minor for line in self.lines)

    @property
    def clawed_back_minor(self) -> int:
        return sum(line.clawed_back_minor for line in self.lines)

    @property
    def carried_in_minor(self) -> int:
        return sum(line.carried_in_minor for line in self.lines)

    @property
    def due_minor(self) -> int:
        return self.accrued_minor + self.carried_in_minor

    @property
    def payable_minor(self) -> int:
        return self.gross_minor + self.vat_minor - self.withheld_minor

    @property
    def carried_minor(self) -> int:
        return self.due_minor - self.gross_minor


def drafted(scope: Scope) -> list[PayeeDraft]:
    """Everyone to whom anything is accrued or carried, in the order of owners and units."""
    partner_of = dict(Person.objects.filter(organisation=scope.organisation).values_list("pk", "partner_id"))
    payees = [
        payee
        for (owner, unit), lines in sorted(_lines(scope).items())
        if (payee := _payee(owner, unit, lines, partner_of)) is not None
    ]
    for payee in payees:
        payee.outcome = _outcome(payee, scope.minimums)
    _release([payee for payee in payees if payee.outcome == Outcome.PAYABLE], scope)
    return payees


def fingerprint(payees: Iterable[PayeeDraft]) -> str:
    """SHA-256 of all that would be settled."""
    text = json.dumps([asdict(payee) for payee in payees], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _payee(
    owner: str, unit: str, lines: Sequence[LineDraft], partner_of: Mapping[int, int | None]
) -> PayeeDraft | None:
    """None for owners that no settlement pays: the tax office, and people who belong to no partner."""
    kind, _, key = owner.partition(":")
    if kind not in ("partner", "person"):
        return None
    person_id = int(key) if kind == "person" else None
    partner_id = partner_of.get(person_id) if person_id is not None else int(key)
    return None if partner_id is None else PayeeDraft(owner, partner_id, person_id, unit, lines)


def _outcome(payee: PayeeDraft, minimums: Mapping[str, int]) -> str:
    if not is_currency(payee.unit):
        return Outcome.NOT_MONEY
    if payee.due_minor < 0:
        return Outcome.DEBT
    if payee.due_minor < minimums.get(payee.unit, 0):
        return Outcome.BELOW_MINIMUM
    # Of nought something may still be released: the debt of one programme and what covers it in another.
    return Outcome.PAYABLE if payee.due_minor else Outcome.EVEN


def _lines(scope: Scope) -> dict[Owed, list[LineDraft]]:
    """By owner and unit the programmes in which anything is accrued or carried."""
    found: dict[tuple[str, str, str], LineDraft] = {}
    stages = (Stage.ACCRUED, Stage.APPROVED)
    for owner, unit, programme, stage, owed_minor in _sums(scope, Q(account__stage__in=stages)):
        line = found.setdefault((owner, unit, programme), LineDraft(programme))
        if stage == Stage.APPROVED:
            line.carried_in_minor = owed_minor
        elif scope.is_final:
            line.accrued_minor = owed_minor
    if not scope.is_final:
        _take_share(scope, found)
    for key, clawed_back in _clawed_back(scope).items():
        if key in found and scope.is_final:
            found[key].clawed_back_minor = clawed_back
    lines: dict[Owed, list[LineDraft]] = defaultdict(list)
    for (owner, unit, _programme), line in sorted(found.items()):
        if line.accrued_minor or line.carried_in_minor:
            lines[owner, unit].append(line)
    return lines


def _take_share(scope: Scope, found: dict[tuple[str, str, str], LineDraft]) -> None:
    """Interim: the share of what the period earned so far, less what interim settlements of it took before."""
    inside = Q(account__stage=Stage.ACCRUED, transfer__occurred_on__gte=scope.period.starts)
    advanced = {
        (owner, unit, programme): -owed_minor
        for owner, unit, programme, _, owed_minor in _sums(scope, inside & Q(transfer__kind=APPROVED_KIND))
    }
    for owner, unit, programme, _, owed_minor in _sums(scope, inside & ~Q(transfer__kind=APPROVED_KIND)):
        target_minor = max(owed_minor, 0) * scope.share_e4 // SHARE_OF_ALL_E4
        key = owner, unit, programme
        found[key].accrued_minor = max(target_minor - advanced.get(key, 0), 0)


def _clawed_back(scope: Scope) -> dict[tuple[str, str, str], int]:
    """What was taken back of earnings since the last final settlement."""
    inside = Q(
        account__stage=Stage.ACCRUED,
        transfer__occurred_on__gte=scope.period.starts,
        transfer__kind=EARNING_KIND,
        amount_minor__gt=0,
    )
    return {
        (owner, unit, programme): owed_minor for owner, unit, programme, _, owed_minor in _sums(scope, inside)
    }


def _sums(scope: Scope, wanted: Q) -> Iterator[tuple[str, str, str, str, int]]:
    """Owner, unit, programme, stage and what is owed there."""
    entries: QuerySet[Entry] = Entry.objects.filter(
        wanted,
        organisation=scope.organisation,
        transfer_id__lte=scope.position,
        transfer__occurred_on__lte=scope.counted_to,
    ).exclude(account__owner="")
    columns = ("account__owner", "account__unit", "account__programme", "account__stage")
    for row in entries.values_list(*columns).annotate(total=Sum("amount_minor")).order_by(*columns):
        owner, unit, programme, stage, total = row
        yield owner, unit, programme, stage, -int(total)


def _release(payees: Sequence[PayeeDraft], scope: Scope) -> None:
    """What reaches the minimum is paid out, less the tax that is withheld."""
    profiles = profiles_of(scope.organisation)
    payer = profiles.get("")
    years = _paid_by_year(scope)
    for payee in payees:
        payee.gross_minor = payee.due_minor
        for line in payee.lines:
            line.gross_minor = line.accrued_minor + line.carried_in_minor
        this_year, year_before = years.get((payee.owner, payee.unit), (0, 0))
        payment = Payment(payee.gross_minor, payee.unit, scope.counted_to, this_year, year_before)
        _tax(payee, payment, payer, profiles.get(payee.owner))


def _tax(payee: PayeeDraft, payment: Payment, payer: TaxProfile | None, profile: TaxProfile | None) -> None:
    withheld = withheld_of(payment, payer, profile)
    payee.withheld_minor, payee.tax = withheld.amount_minor, withheld.told
    weights = [Fraction(max(line.gross_minor, 0)) for line in payee.lines]
    for line, part in zip(payee.lines, apportion(payee.withheld_minor, weights), strict=True):
        line.withheld_minor = part
    vat = vat_of(payee.gross_minor, payee.unit, payment.on, payer, profile)
    if vat is not None:
        payee.vat_minor = vat.amount_minor
        payee.vat = {"category": vat.category, "rate": vat.rate}


def _paid_by_year(scope: Scope) -> dict[Owed, tuple[int, int]]:
    """By owner and unit what was released in the year of the settlement and in the one before."""
    year = scope.counted_to.year
    settled = SettlementPayee.objects.filter(
        organisation=scope.organisation, settlement__state=Settlement.State.SETTLED
    )
    rows = settled.values_list("partner_id", "person_id", "unit").annotate(
        this_year=Sum("gross_minor", filter=Q(settlement__counted_to__year=year), default=0),
        year_before=Sum("gross_minor", filter=Q(settlement__counted_to__year=year - 1), default=0),
    )
    return {
        (f"person:{person}" if person else f"partner:{partner}", unit): (int(this_year), int(year_before))
        for partner, person, unit, this_year, year_before in rows
    }
