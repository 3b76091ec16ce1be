"""What is owed and may be paid now, by owner and unit: how much, by which method, and what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation
from headrace.ledger.models import AccountKey, Stage
from headrace.ledger.queries import balances
from headrace.partners.models import Partner, Person
from headrace.payouts.bank_accounts import NOTHING, Readiness, Standing, standings
from headrace.payouts.methods import PaymentMethod, method_for

BLOCKED: dict[str, Promise] = {
    "debt": _("More was taken back than earned"),
    "no_account": _("No bank account"),
    "waits_for_approval": _("New bank account waits for approval"),
    "waiting_time": _("New bank account, waiting time"),
    "came_back": _("The last payout came back: needs another bank account"),
    "unit": _("The account can't take this currency"),
}


@dataclass(frozen=True, slots=True)
class Payable:
    """What stands to an owner as payable in one unit. `parts` says out of which programmes, in minor units.

    Blocked where nothing can be paid: `blocked` is the code of the reason, empty where there is none.
    """

    owner: str
    recipient: Partner | Person
    unit: str
    parts: Mapping[AccountKey, int]
    standing: Standing
    method: PaymentMethod | None

    @property
    def amount_minor(self) -> int:
        return sum(self.parts.values())

    @property
    def blocked(self) -> str:
        if self.amount_minor < 0:
            return "debt"
        if self.standing.readiness != Readiness.READY:
            return self.standing.readiness
        return "" if self.method else "unit"

    @property
    def blocked_label(self) -> str | Promise:
        return BLOCKED[self.blocked] if self.blocked else ""

    @property
    def partner(self) -> Partner | None:
        return self.recipient.partner if isinstance(self.recipient, Person) else self.recipient


def payables(organisation: Organisation, owner: str | None = None) -> list[Payable]:
    """What partners and people are owed and is not held, the greatest amount first; of one owner, or of all."""
    parts: dict[tuple[str, str], dict[AccountKey, int]] = defaultdict(dict)
    for balance in balances(organisation=organisation, stage=Stage.PAYABLE, owner=owner):
        if balance.owed_minor and balance.account.owner.startswith(("partner:", "person:")):
            parts[balance.account.owner, balance.account.unit][balance.account] = balance.owed_minor
    owners = {one for one, _unit in parts}
    found = standings(organisation, owners)
    recipients = _recipients(owners)
    rows = [
        _payable(one, unit, accounts, recipients[one], found.get(one, NOTHING))
        for (one, unit), accounts in parts.items()
        if sum(accounts.values())
    ]
    return sorted(rows, key=lambda row: (row.unit, -row.amount_minor, row.owner))


def _payable(
    owner: str, unit: str, parts: dict[AccountKey, int], recipient: Partner | Person, standing: Standing
) -> Payable:
    method = method_for(standing.account.kind, unit) if standing.account else None
    return Payable(owner, recipient, unit, parts, standing, method)


def _recipients(owners: set[str]) -> dict[str, Partner | Person]:
    found: dict[str, Partner | Person] = {}
    for partner in Partner.objects.in_bulk(list(_ids(owners, "partner"))).values():
        found[f"partner:{partner.pk}"] = partner
    for person in Person.objects.select_related("partner").in_bulk(list(_ids(owners, "person"))).values():
        found[f"person:{person.pk}"] = person
    return found


def _ids(owners: set[str], kind: str) -> Iterator[int]:
    for owner in owners:
        name, _colon, number = owner.partition(":")
        if name == kind:
            yield int(number)


def ready(organisation: Organisation, unit: str, method: PaymentMethod) -> list[Payable]:
    """What can be paid now in this unit by this method."""
    return [
        row for row in payables(organisation) if row.unit == unit and row.method is method and not row.blocked
    ]
