"""Opened by a partner: what is in question is held, the rest stays; never more than there is."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone
from tests.databases import OwnDatabase
from tests.market import deliver, open_market, sale
from tests.together import in_threads

from headrace.base.models import AuditEvent, Mail, Organisation, User
from headrace.disputes.actions import Asked, open_dispute
from headrace.disputes.holding import HELD, held_minor
from headrace.disputes.models import Dispute, DisputeEntry, Reason
from headrace.disputes.tests.conftest import (
    JPEG,
    REBATE,
    earning,
    line,
    missing,
    programme,
    question,
    stands,
)
from headrace.earnings.actions import refresh_programmes
from headrace.ledger.actions import post
from headrace.ledger.drafts import advance
from headrace.ledger.models import AccountKey, Stage, Transfer
from headrace.partners.models import Person
from headrace.programmes.actions import launch_programme


def test_what_is_in_question_is_held_and_the_rest_flows(olga: Person, channel_manager: User) -> None:
    dispute = question(olga)
    assert (stands(Stage.ACCRUED), stands(Stage.HELD)) == (50_00, 30_00)
    assert held_minor(dispute) == 30_00
    # The settlement of the day on which the earning was posted doesn't count it.
    assert Transfer.objects.get(kind=HELD).occurred_on == earning().occurred_on
    assert dispute.due_on == timezone.localdate() + timedelta(days=7)
    assert AuditEvent.objects.get(subject=dispute.subject).details["held_minor"] == 30_00
    assert Mail.objects.get().to == channel_manager.email


def test_what_asks_for_more_holds_nothing(olga: Person) -> None:
    dispute = question(olga, missing(), earning=None)
    assert (stands(Stage.ACCRUED), stands(Stage.HELD), held_minor(dispute)) == (80_00, 0, 0)


def test_what_was_approved_already_is_held_there_and_what_is_payable_is_not(olga: Person) -> None:
    of = earning()
    account = AccountKey(of.owner, "EUR", Stage.ACCRUED, f"programme:{of.programme_id}")
    approved = account._replace(stage=Stage.APPROVED)
    for amount, key, stage in ((70_00, account, Stage.APPROVED), (55_00, approved, Stage.PAYABLE)):
        post(
            organisation=of.organisation,
            key=f"move:{stage}",
            kind="test",
            occurred_on=of.occurred_on,
            entries=advance(amount, key, stage),
            details={},
        )
    dispute = question(olga)
    assert held_minor(dispute) == 25_00
    assert (stands(Stage.ACCRUED), stands(Stage.APPROVED), stands(Stage.PAYABLE)) == (0, 0, 55_00)


def test_no_more_is_in_question_than_the_earning_is_worth(olga: Person) -> None:
    question(olga, Asked(Reason.OTHER, questioned_minor=60_00))
    with pytest.raises(ValidationError, match="More is in question"):
        question(olga)
    with pytest.raises(ValidationError, match="More is in question"):
        question(olga, Asked(Reason.OTHER, questioned_minor=-1))
    assert stands(Stage.HELD) == 60_00


@pytest.mark.parametrize("count", [0, 201])
def test_something_is_questioned_and_not_everything(olga: Person, count: int) -> None:
    with pytest.raises(ValidationError, match="from one to 200"):
        open_dispute(
            person=olga,
            programme=programme(),
            words="",
            asked=[Asked(Reason.OTHER)] * count,
            earning=earning(),
        )


def test_an_earning_that_was_corrected_is_not_questioned_any_more(olga: Person) -> None:
    before = earning()
    deliver(olga.organisation, "sales", sale("L-4", "north", "2026-02-04", "100"))
    refresh_programmes(organisation=olga.organisation)
    with pytest.raises(ValidationError, match="corrected meanwhile"):
        question(olga, Asked(Reason.OTHER), earning=before)


def test_evidence_is_a_photo_or_a_paper(olga: Person) -> None:
    with pytest.raises(ValidationError, match="no photo and no PDF"):
        question(olga, uploads=[SimpleUploadedFile("a.jpg", b"<script>")])
    with pytest.raises(ValidationError, match="At most 5 files"):
        question(olga, uploads=[SimpleUploadedFile("a.jpg", JPEG) for _ in range(6)])
    dispute = question(olga, uploads=[SimpleUploadedFile("a.pdf", JPEG)])
    assert dispute.proofs.get().media_type == "image/jpeg"


def test_the_history_only_grows(olga: Person) -> None:
    question(olga)
    entry = DisputeEntry.objects.get()
    for change in (lambda: DisputeEntry.objects.update(text="x"), entry.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_two_who_question_the_same_at_once_hold_it_once(own_database: OwnDatabase) -> None:
    organisation = Organisation.objects.create(code="acme", name="Acme", currency="EUR")
    open_market(organisation)
    deliver(
        organisation,
        "sales",
        sale("L-1", "north", "2026-02-01", "5000"),
        sale("L-2", "north", "2026-02-02", "3000"),
    )
    launch_programme(organisation=organisation, document=REBATE)
    refresh_programmes(organisation=organisation)
    olga = Person.objects.select_related("partner", "organisation").get(code="olga")

    def ask() -> bool:
        try:
            question(olga, Asked(Reason.NOT_MINE, line("L-2"), questioned_minor=30_00))
        except ValidationError:
            return False
        return True

    assert sorted(in_threads([ask] * 4)) == [False, False, True, True]
    assert (stands(Stage.ACCRUED), stands(Stage.HELD)) == (20_00, 60_00)
    assert Dispute.objects.count() == 2
