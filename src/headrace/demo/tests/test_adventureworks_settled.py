"""AdventureWorks, settled quarter by quarter: the statements add up to the ledger, and the ledger to the earnings."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.db.models import Sum

from headrace.base.models import Organisation
from headrace.demo import brands, cast, loading
from headrace.earnings.models import Earning
from headrace.ledger.models import Stage
from headrace.ledger.queries import balances
from headrace.payouts.models import Settlement, SettlementPayee, Statement
from headrace.payouts.queries import counted_again

pytestmark = [pytest.mark.shared, pytest.mark.slow]

PASSWORD = "correct horse battery"
AFTER_ALL = date(2026, 1, 1)


@pytest.fixture
def settled(adventureworks_files: Path, database: None) -> Organisation:
    """All quarters with earnings, prepared by the manager and approved by the approver; the last one too."""
    brand = brands.adventureworks(adventureworks_files)
    organisation = cast.found_organisation(brand)
    manager, approver = (
        cast.cast_staff(organisation, part, PASSWORD).user for part in (cast.MANAGER, cast.APPROVER)
    )
    loading.import_files(organisation, brand, manager)
    loading.launch_programmes(organisation, brand, manager)
    for programme in loading.late_programmes(organisation):
        loading.calculate(programme, manager)
    loading.settle_past(organisation, AFTER_ALL, manager, approver)
    loading.approve_open(organisation, approver)
    return organisation


def owed(organisation: Organisation, *stages: Stage) -> dict[str, int]:
    """Unit -> what the ledger owes to partners at these stages, in minor units."""
    sums: dict[str, int] = defaultdict(int)
    for stage in stages:
        for balance in balances(organisation=organisation, stage=stage):
            if balance.account.owner:
                sums[balance.account.unit] += balance.owed_minor
    return {unit: total for unit, total in sums.items() if total}


def test_three_years_quarter_by_quarter(settled: Organisation) -> None:
    settlements = Settlement.objects.filter(organisation=settled, state=Settlement.State.SETTLED)
    assert settlements.count() >= 12
    earned = Earning.objects.filter(organisation=settled).aggregate(total=Sum("delta_minor"))["total"]
    assert owed(settled, Stage.ACCRUED) == {}
    assert owed(settled, Stage.APPROVED, Stage.PAYABLE) == {"USD": earned}
    payees = SettlementPayee.objects.filter(settlement__in=settlements)
    assert payees.aggregate(total=Sum("accrued_minor"))["total"] == earned
    assert owed(settled, Stage.PAYABLE) == {"USD": payees.aggregate(total=Sum("payable_minor"))["total"]}

    chains: dict[str, list[Statement]] = defaultdict(list)
    for statement in Statement.objects.filter(organisation=settled).order_by("period_to"):
        moved = sum(line["minor"] for line in statement.content["lines"])
        assert statement.opening_minor + moved == statement.closing_minor
        assert sum(statement.content["stages"].values()) == statement.closing_minor
        chains[statement.owner].append(statement)
    assert sum(chain[-1].closing_minor for chain in chains.values()) == earned
    for chain in chains.values():
        assert chain[0].opening_minor == 0
        assert all(after.opening_minor == before.closing_minor for before, after in pairwise(chain))
        assert counted_again(chain[-1]) == chain[-1].closing_minor
