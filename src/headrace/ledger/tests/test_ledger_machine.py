"""Any sequence of posting, retrying, erring, posting at once and freezing leaves the ledger that a plain model has."""

from __future__ import annotations

from collections import Counter
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.base.models import Organisation
from headrace.ledger.actions import Posted, post_many
from headrace.ledger.drafts import EntryDraft, TransferDraft, move
from headrace.ledger.errors import KeyReusedError, UnbalancedError
from headrace.ledger.invariants import violations
from headrace.ledger.models import AccountKey, Stage
from headrace.ledger.queries import balances, current_position
from headrace.ledger.tests.words import MARCH

THREADS = 3
numbers = count()

accounts = st.builds(
    AccountKey,
    owner=st.sampled_from(["", "partner:1", "partner:2"]),
    unit=st.just("EUR"),
    stage=st.sampled_from([Stage.EXPENSE, Stage.ACCRUED, Stage.PAYABLE]),
    programme=st.sampled_from(["", "programme:1"]),
)
amounts = st.integers(-3, 3).filter(bool) | st.integers(1, 10**15)
# Few keys, so that they meet.
keys = st.integers(0, 12).map(lambda number: f"key:{number}")


def in_unit(unit: str, entries: tuple[EntryDraft, ...]) -> tuple[EntryDraft, ...]:
    return tuple(EntryDraft(account._replace(unit=unit), amount) for account, amount in entries)


moves = st.builds(move, amounts, debit=accounts, credit=accounts)
entry_lists = st.one_of(
    moves,
    st.builds(lambda first, second: first + second, moves, moves),
    st.builds(lambda money, points: money + in_unit("points", points), moves, moves),
)
drafts = st.builds(
    TransferDraft,
    key=keys,
    kind=st.sampled_from(["earning", "clawback"]),
    occurred_on=st.just(MARCH),
    entries=entry_lists,
    details=st.dictionaries(
        st.sampled_from(["rule", "ü"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3),
        max_size=2,
    ),
)


class LedgerMachine(RuleBasedStateMachine):
    """The ledger beside a dictionary of what should stand in it. Each example has an organisation of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.organisation = Organisation.objects.create(code=f"o{next(numbers)}", name="O", currency="EUR")
        self.standing: dict[str, TransferDraft] = {}
        self.frozen: dict[int, Counter[AccountKey]] = {}

    def expected(self) -> Counter[AccountKey]:
        sums: Counter[AccountKey] = Counter()
        for draft in self.standing.values():
            for account, amount_minor in draft.entries:
                sums[account] += amount_minor
        return sums

    def read(self, position: int | None = None) -> Counter[AccountKey]:
        found = balances(organisation=self.organisation, as_of_position=position)
        return Counter({each.account: each.amount_minor for each in found})

    def clash(self, batch: list[TransferDraft]) -> bool:
        """Whether a key is in the ledger or in the batch with another content."""
        hashes = {key: draft.content_hash() for key, draft in self.standing.items()}
        return any(
            hashes.setdefault(draft.key, draft.content_hash()) != draft.content_hash() for draft in batch
        )

    @rule(batch=st.lists(drafts, max_size=4))
    def post_new_or_clashing(self, batch: list[TransferDraft]) -> None:
        if self.clash(batch):
            try:
                post_many(organisation=self.organisation, transfers=batch)
            except KeyReusedError:
                return
            raise AssertionError("a key stood with other content, and nobody said so")
        new = {draft.key: draft for draft in batch if draft.key not in self.standing}
        posted = post_many(organisation=self.organisation, transfers=batch)
        assert posted == Posted(new=len(new), already=len(batch) - len(new))
        self.standing.update(new)

    @rule()
    def retry_everything(self) -> None:
        again = post_many(organisation=self.organisation, transfers=self.standing.values())
        assert again == Posted(new=0, already=len(self.standing))

    @rule(draft=drafts, amount_minor=amounts, account=accounts)
    def post_unbalanced(self, draft: TransferDraft, amount_minor: int, account: AccountKey) -> None:
        try:
            TransferDraft(
                draft.key,
                draft.kind,
                MARCH,
                [*draft.entries, EntryDraft(account, amount_minor)],
                draft.details,
            )
        except UnbalancedError:
            return
        raise AssertionError("an unbalanced draft could be made")

    @rule(batch=st.lists(drafts, min_size=1, max_size=6, unique_by=lambda draft: draft.key))
    def post_at_once(self, batch: list[TransferDraft]) -> None:
        """Several post the same keys, each in another order; whoever is later finds them posted."""
        mine = [draft for draft in batch if draft.key not in self.standing]
        turns = [mine[turn:] + mine[:turn] for turn in range(THREADS)]
        posted = in_threads(
            [lambda part=part: post_many(organisation=self.organisation, transfers=part) for part in turns]
        )
        assert sum(each.new for each in posted) == len(mine)
        assert sum(each.already for each in posted) == (THREADS - 1) * len(mine)
        self.standing.update({draft.key: draft for draft in mine})

    @rule()
    def freeze(self) -> None:
        self.frozen[current_position(self.organisation)] = self.expected()

    @invariant()
    def reads_as_the_model(self) -> None:
        assert self.read() == self.expected()

    @invariant()
    def frozen_positions_reproduce(self) -> None:
        for position, expected in self.frozen.items():
            assert self.read(position) == expected

    @invariant()
    def all_invariants_hold(self) -> None:
        assert violations(self.organisation) == []


def test_any_sequence(own_database: OwnDatabase) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            # Making a failure smaller would take minutes of database work.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
