"""Accounts, transfers and their entries. Rows are added, never changed: the database refuses the rest."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation

AMOUNT_MINOR_MAX = 10**15  # of one entry; sums of 9,000 such still fit a signed 64-bit integer


# The seal checks all keys of a posting at once (migration 0002), and what they lead to can't be deleted; the
# database's own check of each key of each row took a third of the time of posting.
SEALED: dict[str, Any] = {"db_constraint": False, "db_index": False}


class Stage(models.TextChoices):
    """How far value has come on its way to its owner; `EXPENSE` and `BANK` are the brand's own side of it.

    Money goes accrued, approved, payable, held, paid. Points and funds, which their owner spends, become
    `AVAILABLE` instead of payable.
    """

    EXPENSE = "expense", _("Programme expense")
    ACCRUED = "accrued", _("Accrued")
    APPROVED = "approved", _("Approved")
    PAYABLE = "payable", _("Payable")
    HELD = "held", _("Held")
    AVAILABLE = "available", _("Available")
    PAID = "paid", _("Paid")
    BANK = "bank", _("Bank")


# What stands at these is explained by rows of their own, so only the verbs that write those rows post here.
KEPT_STAGES = frozenset({Stage.HELD, Stage.AVAILABLE})


class AccountKey(NamedTuple):
    """Names an account: whose (empty: the brand), in which unit, at which stage, out of which programme."""

    owner: str
    unit: str
    stage: Stage
    programme: str = ""


class Account(models.Model):
    """Where value of one unit stands: whose, out of which programme, at which stage.

    `owner` and `programme` are opaque texts of the rooms above ("partner:17", "programme:4"); empty is the
    brand itself, and no programme in particular. `unit` is a currency code or the name of points or of a
    fund.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.CharField(max_length=100, blank=True)
    programme = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=40)
    stage = models.CharField(max_length=40, choices=Stage.choices)

    class Meta:
        db_table = "ledger_account"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "owner", "programme", "unit", "stage"], name="ledger_account_once"
            )
        ]

    def __str__(self) -> str:
        return ":".join((self.owner or "-", self.programme or "-", self.stage, self.unit))

    @property
    def key(self) -> AccountKey:
        return AccountKey(self.owner, self.unit, Stage(self.stage), self.programme)


class Posting(models.Model):
    """The seal on the transfers that were posted together.

    It is written after them: writing it checks that each balances, and once it stands the database takes no
    more transfers into it and no more entries into its transfers. The key of a transfer to its posting is
    checked at commit, so no transfer is ever committed without the check.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "ledger_posting"

    def __str__(self) -> str:
        return str(self.id)


class Transfer(models.Model):
    """One move of value: two or more entries that add up to nought in each unit.

    Its `id` is its position in the ledger (see `queries.current_position`). `key` was made by the caller, so
    a retry posts nothing. `kind` is the code of the message that tells of it and `details` that message's
    parameters, so it can be told in any language. `corrects_period` names the closed period it puts right.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **SEALED)
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="transfers")
    key = models.CharField(max_length=400)
    kind = models.CharField(max_length=60)
    occurred_on = models.DateField()
    posted_at = models.DateTimeField()
    corrects_period = models.CharField(max_length=40, blank=True)
    details = models.JSONField()
    # SHA-256 of all that the caller said: tells a retry from a key used twice, and a row that was tampered
    # with.
    content_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "ledger_transfer"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "key"], name="ledger_transfer_key_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "occurred_on"])]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """What one transfer moved on one account: a debit above nought, a credit below."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **SEALED)
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", **SEALED)
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "ledger_entry"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=-AMOUNT_MINOR_MAX)
                & models.Q(amount_minor__lte=AMOUNT_MINOR_MAX)
                & ~models.Q(amount_minor=0),
                name="ledger_entry_amount_in_bounds",
            )
        ]
        # A balance is read from the index alone, also one as of a position.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "transfer", "amount_minor"], name="ledger_entry_balance")
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.amount_minor}"

    @property
    def owed_minor(self) -> int:
        """As its owner sees it: what raises the brand's debt to it is above nought."""
        return -self.amount_minor


class Hold(models.Model):
    """Value of one owner that was set aside: it is posted onwards or given back, once, and then there is an end.

    `transfer` moved it from `stage` to `Stage.HELD`; its key is the hold's. `amount_minor` is the total in
    `unit`; which programmes it came out of is told by the transfer's entries.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **SEALED)
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="hold")
    owner = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=40)
    stage = models.CharField(max_length=40, choices=Stage.choices)
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "ledger_hold"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="ledger_hold_above_nought")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "owner"], name="ledger_hold_by_owner")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return self.transfer.key


class HoldEnd(models.Model):
    """What became of a hold: posted to `stage`, or void where that is the stage it came from."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **SEALED)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="end")
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="hold_end")
    stage = models.CharField(max_length=40, choices=Stage.choices)

    class Meta:
        db_table = "ledger_hold_end"

    def __str__(self) -> str:
        return f"{self.hold} -> {self.stage}"

    @property
    def is_void(self) -> bool:
        return self.stage == self.hold.stage


class Lot(models.Model):
    """What one credit made available: used first in, first out, and gone after the day `expires_on`.

    `source` is the account that it came from, and goes back to when it expires. What is left of a lot is its
    amount less its uses.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **SEALED)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots", db_index=False)
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="lot")
    amount_minor = models.BigIntegerField()
    expires_on = models.DateField(null=True)

    class Meta:
        db_table = "ledger_lot"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="ledger_lot_above_nought")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "expires_on"], name="ledger_lot_in_order"),
            models.Index(fields=["organisation", "expires_on"], name="ledger_lot_to_expire"),
        ]

    def __str__(self) -> str:
        return self.transfer.key


class LotUse(models.Model):
    """How much of one lot one debit used: a spending, a clawback or an expiry."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", **SEALED)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses", db_index=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lot_uses")
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "ledger_lot_use"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lot", "transfer"], name="ledger_lot_use_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="ledger_lot_use_above_nought"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} <- {self.transfer}: {self.amount_minor}"


class Block(models.Model):
    """Seals the transfers from behind `after_position` up to `to_position`, and by its hash all blocks before.

    `root` is that of the Merkle tree over them (`hashing`), `count` how many they are.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    after_position = models.BigIntegerField()
    to_position = models.BigIntegerField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_block"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="ledger_block_number_once"),
            models.UniqueConstraint(
                fields=["organisation", "after_position"], name="ledger_block_follows_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"
