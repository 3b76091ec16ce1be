"""Which account of the brand's chart of accounts stands for which stage of the ledger: defaults, and its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base import audit
from headrace.base.models import Organisation, User
from headrace.books.models import JournalAccount
from headrace.ledger.models import Stage


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account in books: `root` is its kind, as beancount names it."""

    root: str
    code: str
    name: str


# The brand's side is an expense, and an asset that shrinks; whatever is owed to others is a liability.
ROOTS: dict[Stage, str] = {Stage.EXPENSE: "Expenses", Stage.BANK: "Assets"}
DEFAULTS: dict[Stage, tuple[str, str]] = {
    Stage.EXPENSE: ("6300", "Partner programmes"),
    Stage.ACCRUED: ("2310", "Partner earnings accrued"),
    Stage.APPROVED: ("2320", "Partner earnings approved"),
    Stage.PAYABLE: ("2330", "Partner earnings payable"),
    Stage.HELD: ("2340", "Partner payouts prepared"),
    Stage.AVAILABLE: ("2350", "Points and funds to be spent"),
    Stage.PAID: ("2390", "Partner payouts in transit"),
    Stage.BANK: ("1200", "Bank"),
}


def book_accounts(organisation: Organisation) -> dict[Stage, BookAccount]:
    """The account of each stage: the organisation's own where it has one, else the default."""
    own = {
        one.stage: (one.code, one.name) for one in JournalAccount.objects.filter(organisation=organisation)
    }
    return {
        stage: BookAccount(ROOTS.get(stage, "Liabilities"), *own.get(stage, DEFAULTS[stage]))
        for stage in Stage
    }


@transaction.atomic
def set_account(
    *, organisation: Organisation, stage: Stage, code: str, name: str, user: User | None = None
) -> JournalAccount:
    """Says which account stands for a stage in the exports from now on. Raises ValidationError for an empty code."""
    if not code.strip() or not name.strip():
        raise ValidationError(_("Give the number of the account and its name."))
    account, _new = JournalAccount.objects.update_or_create(
        organisation=organisation, stage=stage, defaults={"code": code.strip(), "name": name.strip()}
    )
    audit.record(
        organisation=organisation,
        user=user,
        action="journal_account.set",
        subject=f"stage:{stage}",
        code=account.code,
        name=account.name,
    )
    return account
