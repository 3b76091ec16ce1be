"""Cutting statements: what was owed to everyone over a period, with the names and figures as they are now.

A statement holds what was posted up to its position and occurred up to the end of its period, and what its own
settlement posted; what the statements cut before held already is its opening balance. So each entry stands in exactly
one statement, also one that was posted late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet, Sum

from headrace.base.models import Organisation
from headrace.earnings.models import Earning
from headrace.kernel.period import Period
from headrace.ledger.models import Entry, Stage
from headrace.partners.models import Partner, Person
from headrace.payouts.models import Settlement, SettlementPayee, Statement, TaxProfile
from headrace.payouts.profiles import profiles_of
from headrace.programmes.models import ProgrammeVersion

# What is still to come to the owner: paid out it is owed no more, refused by the bank it is again.
OWED_STAGES = (Stage.ACCRUED, Stage.APPROVED, Stage.PAYABLE, Stage.HELD, Stage.AVAILABLE)
KINDS_OF_TRANSFERS = {
    "tax_withheld": "withheld",
    "vat_added": "vat",
    "lot_expired": "expired",
    "dispute_goodwill": "goodwill",
    "payout.refused": "returned",
    "payout.returned": "returned",
}
EARNINGS_A_QUERY = 500

Owed = tuple[str, str]  # an owner and a unit


@dataclass(slots=True)
class Account:
    """One owner in one unit: what was owed before, and the balances by stage and movements now."""

    owner: str
    unit: str
    opening_minor: int = 0
    stages: dict[str, int] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def closing_minor(self) -> int:
        return sum(self.stages.values())

    @property
    def is_told(self) -> bool:
        return bool(self.opening_minor or self.lines)


def statements_over(
    organisation: Organisation, period: Period, position: int, settlement: Settlement | None
) -> Iterator[Statement]:
    """Unsaved statements of the period, numbered in the order of their owners."""
    accounts = [
        account for account in _accounts(organisation, period, position, settlement) if account.is_told
    ]
    titles = _add_earnings(accounts)
    names = _Names(organisation, settlement)
    for sequence, account in enumerate(accounts, start=1):
        person_id, partner_id = names.keys_of(account.owner)
        yield Statement(
            organisation=organisation,
            number=f"{period.ends:%Y-%m}-{sequence:05}",
            partner_id=partner_id,
            person_id=person_id,
            unit=account.unit,
            period_from=period.starts,
            period_to=period.ends,
            position=position,
            settlement=settlement,
            opening_minor=account.opening_minor,
            closing_minor=account.closing_minor,
            content={
                **names.told(account),
                "stages": account.stages,
                "lines": account.lines,
                "titles": {line["of"]: titles[line["of"]] for line in account.lines if "of" in line},
            },
        )


def held_by(statement: Statement) -> Q:
    """The entries that a cut held, of whatever owner, itself or one before it."""
    held = Q(transfer_id__lte=statement.position)
    if statement.settlement_id is not None:
        held |= Q(transfer__key__startswith=f"settlement:{statement.settlement_id}:")
    return Q(transfer__occurred_on__lte=statement.period_to) & held


def _accounts(
    organisation: Organisation, period: Period, position: int, settlement: Settlement | None
) -> list[Account]:
    cut = Statement(period_to=period.ends, position=position, settlement=settlement)
    before = Statement.objects.filter(organisation=organisation).order_by("-pk").first()
    entries = Entry.objects.filter(organisation=organisation).exclude(
        Q(account__owner="") | Q(account__owner__startswith="tax:")
    )
    held, fresh = entries.filter(held_by(cut)), entries.filter(held_by(cut))
    accounts: dict[Owed, Account] = {}
    for owner, unit, stage, owed_minor in _balances(held):
        account = accounts.setdefault((owner, unit), Account(owner, unit))
        if owed_minor:
            account.stages[stage] = owed_minor
    if before is not None:
        fresh = fresh.exclude(held_by(before))
        for owner, unit, _, owed_minor in _balances(entries.filter(held_by(before))):
            accounts[owner, unit].opening_minor += owed_minor
    for (owner, unit), lines in _movements(fresh):
        accounts.setdefault((owner, unit), Account(owner, unit)).lines = lines
    return [accounts[owed] for owed in sorted(accounts)]


def _balances(entries: QuerySet[Entry]) -> Iterator[tuple[str, str, str, int]]:
    columns = ("account__owner", "account__unit", "account__stage")
    owed = entries.filter(account__stage__in=OWED_STAGES)
    for owner, unit, stage, total in owed.values_list(*columns).annotate(total=Sum("amount_minor")):
        yield owner, unit, stage, -int(total)


MOVED = (
    *("account__owner", "account__unit", "transfer_id", "account__stage", "amount_minor"),
    *("transfer__kind", "transfer__occurred_on", "transfer__corrects_period", "transfer__details"),
)


def _movements(entries: QuerySet[Entry]) -> Iterator[tuple[Owed, list[dict[str, Any]]]]:
    """By owner and unit one line for each transfer that changed what is owed."""
    in_order = entries.order_by("account__owner", "account__unit", "transfer__occurred_on", "transfer_id")
    rows = in_order.values_list(*MOVED).iterator()
    for owed, of_owner in groupby(rows, key=lambda row: (row[0], row[1])):
        lines = [_line(list(of_one)) for _, of_one in groupby(of_owner, key=lambda row: row[2])]
        yield owed, [line for line in lines if line["minor"]]


def _line(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    kind, on, corrects, details = rows[0][5:]
    minor = -sum(row[4] for row in rows if row[3] in OWED_STAGES)
    in_transit = -sum(row[4] for row in rows if row[3] == Stage.PAID)
    line = {"kind": _kind(kind, minor, in_transit, corrects), "on": on.isoformat(), "minor": minor}
    if kind == "earning":
        line["earning"] = details["earning"]
        if corrects:
            line["corrects"] = corrects
    for name in ("tax", "vat"):
        if name in details:
            line[name] = details[name]
    return line


def _kind(kind: str, minor: int, in_transit: int, corrects: str) -> str:
    if kind == "earning":
        if corrects:
            return "corrected"
        return "earned" if minor > 0 else "taken_back"
    if kind in KINDS_OF_TRANSFERS:
        return KINDS_OF_TRANSFERS[kind]
    if minor < 0 < in_transit:
        return "paid"
    return "returned" if in_transit < 0 < minor else "other"


def _add_earnings(accounts: Iterable[Account]) -> dict[str, dict[str, str]]:
    """Adds to the lines of earnings for what they are; gives the titles of the versions they name."""
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for account in accounts:
        for line in account.lines:
            if "earning" in line:
                lines[line["earning"]].append(line)
    versions: set[int] = set()
    keys = sorted(lines)
    for start in range(0, len(keys), EARNINGS_A_QUERY):
        some = Earning.objects.filter(pk__in=keys[start : start + EARNINGS_A_QUERY])
        for pk, version, starts, ends in some.values_list("pk", "version_id", "period_from", "period_to"):
            versions.add(version)
            for line in lines[pk]:
                line.update({"of": str(version), "from": starts.isoformat(), "to": ends.isoformat()})
    found = ProgrammeVersion.objects.filter(pk__in=versions)
    return {str(version.pk): dict(version.parsed.title) for version in found}


class _Names:
    """Names, addresses and what was settled, as they are at this moment."""

    def __init__(self, organisation: Organisation, settlement: Settlement | None) -> None:
        self.organisation = organisation
        self.settlement = settlement
        self.people = Person.objects.filter(organisation=organisation).in_bulk()
        self.partners = Partner.objects.filter(organisation=organisation).in_bulk()
        self.profiles = profiles_of(organisation)
        payees = SettlementPayee.objects.filter(settlement=settlement) if settlement else ()
        self.payees = {(payee.owner, payee.unit): payee for payee in payees}

    def keys_of(self, owner: str) -> tuple[int | None, int]:
        """Keys of the person, where it is one, and of the partner."""
        kind, _, key = owner.partition(":")
        if kind == "person":
            partner_id = self.people[int(key)].partner_id
            assert partner_id is not None, "earnings of people without a partner are refused"
            return int(key), partner_id
        return None, int(key)

    def told(self, account: Account) -> dict[str, Any]:
        person_id, partner_id = self.keys_of(account.owner)
        partner = self.partners[partner_id]
        return {
            "brand": self.organisation.name,
            "brand_address": _address(self.profiles.get("")),
            "partner": {"name": partner.name, "code": partner.code},
            "person": self.people[person_id].name if person_id else None,
            "address": _address(self.profiles.get(account.owner)),
            "settled": self._settled(account),
        }

    def _settled(self, account: Account) -> Mapping[str, Any] | None:
        payee = self.payees.get((account.owner, account.unit))
        if payee is None or self.settlement is None:
            return None
        return {
            "outcome": payee.outcome,
            "accrued": payee.accrued_minor,
            "carried_in": payee.carried_in_minor,
            "gross": payee.gross_minor,
            "vat": payee.vat_minor,
            "withheld": payee.withheld_minor,
            "payable": payee.payable_minor,
            "carried": payee.carried_minor,
            "minimum": self.settlement.minimums.get(account.unit, 0),
            "tax": payee.tax,
        }


def _address(profile: TaxProfile | None) -> list[str]:
    """Lines as they stand on an envelope, the country last, as its code."""
    if profile is None:
        return []
    place = f"{profile.postcode} {profile.city}".strip()
    return [line for line in (profile.legal_name, profile.street, place, profile.country) if line]
