"""Matching as a whole: whatever is imported, decided, undone, in whatever order, each row is in one place."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from pathlib import Path

import pytest
from tests.databases import OwnDatabase
from tests.together import in_threads, kill_and_rerun

from headrace.partners.models import Partner
from headrace.sales import decisions, mappings
from headrace.sales.decisions import Decision, Settled
from headrace.sales.matching_queries import told_texts, waiting_texts
from headrace.sales.models import Alias, Import, Reject, SalesLine, UnknownText
from headrace.sales.tests.conftest import Desk, row, sales
from headrace.sales.tests.test_decide_texts import balanced, decide
from headrace.sales.tests.test_import_delivery import deliver
from headrace.sales.withdrawals import standing_lines

NAMES = (
    "North",
    "North Ltd",
    "Ware House",
    "Warehouse",
    "Warehose",
    "Sooth",
    "SOUTH",
    "Zyx",
    "Zyx AG",
    "p1",
    "P-2",
)
STEPS = 20


class Chances:
    """Does at random what people do."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = random.Random(seed)
        self.delivered: list[str] = []

    def step(self) -> None:
        self.chance.choice(
            (self.deliver, self.deliver, self.decide, self.undo, self.look_again, self.found)
        )()

    def deliver(self) -> None:
        ids = [f"L{len(self.delivered) + number}" for number in range(self.chance.randint(1, 8))]
        bad = {"Net": "x"} if self.chance.random() < 0.2 else {}
        articles = ("bike", "Bike", "byke")
        rows = [
            row(line, Dealer=self.chance.choice(NAMES), Article=self.chance.choice(articles), **bad)
            for line in ids
        ]
        self.desk.take(f"sales-{len(self.delivered)}.csv", sales(*rows))
        self.delivered += ids

    def decide(self) -> None:
        texts = list(UnknownText.objects.filter(kind="partner").order_by("pk"))
        if texts:
            target = self.chance.choice([None, *Partner.objects.order_by("pk")])
            decisions.decide_texts(
                organisation=self.desk.organisation,
                decisions=[Decision(self.chance.choice(texts), target.pk if target else None)],
                for_all_sources=self.chance.random() < 0.3,
            )

    def undo(self) -> None:
        if aliases := list(Alias.objects.filter(withdrawn_at=None).order_by("pk")):
            decisions.withdraw_alias(alias=self.chance.choice(aliases))

    def look_again(self) -> None:
        decisions.look_again(organisation=self.desk.organisation)

    def found(self) -> None:
        """A partner joins that some texts may mean."""
        name = self.chance.choice(NAMES)
        Partner.objects.get_or_create(
            organisation=self.desk.organisation, code=f"c-{name}", defaults={"name": name}
        )


@pytest.mark.parametrize("seed", range(6))
def test_each_row_that_came_is_a_line_or_waits(desk, seed):
    chances = Chances(desk, seed)
    for _ in range(STEPS):
        chances.step()
        assert balanced()
        standing = standing_lines(desk.organisation).values_list("external_id", flat=True)
        waiting = [reject.cells[0] for reject in Reject.objects.waiting()]
        assert Counter([*standing, *waiting]) == Counter(chances.delivered)
    by_alias = standing_lines(desk.organisation).filter(matched__isnull=False)
    for line in by_alias:
        alias = Alias.objects.get(pk=next(iter(line.matched.values())))
        assert alias.withdrawn_at is None
        assert alias.target_id in (line.partner_id, line.product_id)


def test_two_who_confirm_the_same_text_settle_it_once(desk: Desk, own_database: OwnDatabase) -> None:
    desk.take("sales.csv", sales(*(row(f"L{n}", Dealer="Nroth & Sons") for n in range(50))))
    targets = list(Partner.objects.order_by("pk"))

    def confirm(target: Partner) -> Settled:
        return decide(desk, "Nroth & Sons", target)

    settled = in_threads([lambda target=target: confirm(target) for target in targets])
    assert sorted(one.accepted for one in settled) == [0, 50]
    assert sorted(len(one.decided_before) for one in settled) == [0, 1]
    alias = Alias.objects.get()
    assert SalesLine.objects.filter(partner=alias.partner).count() == SalesLine.objects.count() == 50


def test_a_text_that_is_confirmed_while_it_is_imported_loses_no_row(
    desk: Desk, own_database: OwnDatabase
) -> None:
    desk.take("sales.csv", sales(*(row(f"L{n}", Dealer="Nroth") for n in range(50))))
    target = Partner.objects.get(code="p1")
    more = sales(*(row(f"M{n}", Dealer="nroth") for n in range(300)))
    in_threads([lambda: decide(desk, "Nroth", target), lambda: desk.take("sales-2.csv", more)])
    assert balanced()
    waiting = Reject.objects.waiting().count()
    assert SalesLine.objects.count() + waiting == 350
    # Whoever came first: the rest is a look away.
    decisions.look_again(organisation=desk.organisation)
    assert SalesLine.objects.filter(partner=target).count() == 350


# Decides in pieces so small that kills strike in the middle of the replay.
CHILD = """
import django
django.setup()
from headrace.sales import bulk, decisions, staging
from headrace.sales.models import UnknownText
staging.BATCH_ROWS = 500
write = bulk.insert
def insert(*arguments):
    write(*arguments)
    print("wrote", flush=True)
bulk.insert = insert
print("ready", flush=True)
text = UnknownText.objects.get()
target = next(one["pk"] for one in text.proposals)
decisions.decide_texts(organisation=text.organisation, decisions=[decisions.Decision(text, target)])
"""


@pytest.mark.slow
def test_killed_in_the_middle_of_a_replay_all_or_nothing_is_there(
    desk: Desk, own_database: OwnDatabase
) -> None:
    desk.take("sales.csv", sales(*(row(f"L{n}", Dealer="Nroth") for n in range(5_000))))

    def all_or_nothing() -> None:
        decided = Alias.objects.count()
        assert decided in (0, 1)
        assert SalesLine.objects.count() == decided * 5_000
        assert Import.objects.count() == 1 + decided

    killed = kill_and_rerun(
        ["-c", CHILD], own_database.environment, kills=6, lines_max=15, seed=4, after_each=all_or_nothing
    )
    assert killed == 6
    assert (Alias.objects.count(), SalesLine.objects.count()) == (1, 5_000)
    assert not Reject.objects.waiting().exists()


def _written_otherwise(name: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(name) - 1)
    return chance.choice(
        (
            name.upper(),
            name.replace(" ", ""),
            name.replace(" ", "-"),
            f"{name} Inc.",
            name[:place] + name[place + 1 :],
            name[:place] + name[place + 1 : place - 1 : -1][:2] + name[place + 2 :],
        )
    )


@pytest.mark.shared
@pytest.mark.slow
def test_adventureworks_by_the_names_of_its_resellers(organisation, adventureworks_files: Path):
    """Whoever sends names instead of numbers, and not quite right: found, or proposed and confirmed at once."""
    chance = random.Random(1)
    organisation.currency = "USD"
    organisation.save()
    desk = Desk(organisation)
    others = {
        path.name: path.read_bytes() for path in adventureworks_files.glob("*.csv") if "Fact" not in path.name
    }
    deliver(desk, mappings.text("adventureworks"), others)
    written = {
        partner.code: _written_otherwise(partner.name, chance) for partner in Partner.objects.order_by("pk")
    }
    with (adventureworks_files / "FactResellerSales.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    meant = {f"{one['SalesOrderNumber']}-{one['ProductKey']}": one["ResellerKey"] for one in rows}
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows({**one, "ResellerKey": written[one["ResellerKey"]]} for one in rows)
    run = desk.take("FactResellerSales.csv", text.getvalue(), mappings.text("adventureworks")).run
    assert run.rows == len(rows)
    clear = [one for one in told_texts(waiting_texts(organisation).filter(score__gte=85)) if one.is_clear]
    settled = decisions.decide_texts(
        organisation=organisation,
        decisions=[Decision(one.unknown, one.best.pk) for one in clear],
    )
    assert balanced()
    lines = list(SalesLine.objects.values_list("external_id", "partner__code"))
    assert len(lines) == run.accepted + settled.accepted == run.rows - Reject.objects.waiting().count()
    # What is left are names that two resellers have.
    assert {one.is_clear for one in told_texts(waiting_texts(organisation))} == {False}
    assert len(lines) > 0.99 * run.rows
    right = sum(meant[line] == code for line, code in lines)
    assert right == len(lines)
