"""Assigned, reopened once, and escalated when the answer is overdue; what is said reaches the other side."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from headrace.base import jobs
from headrace.base.models import Job, Mail, User
from headrace.disputes.actions import (
    Asked,
    assign_dispute,
    decide_dispute,
    escalate_overdue,
    reopen_dispute,
    say,
    withdraw_dispute,
)
from headrace.disputes.holding import held_minor
from headrace.disputes.jobs import LOOK_AFTER
from headrace.disputes.models import Answer, Dispute, DisputeEntry, Reason, State
from headrace.disputes.tests.conftest import line, question, stands, work
from headrace.ledger.models import Stage
from headrace.partners.models import Person


def refused(olga: Person, approver: User) -> Dispute:
    return decide_dispute(dispute=question(olga), user=approver, accepted=[], answer=Answer.TERMS)


def user_of(olga: Person) -> User:
    assert olga.user is not None
    return olga.user


def test_it_is_reopened_once_and_decided_by_someone_else(
    olga: Person, approver: User, channel_manager: User
) -> None:
    dispute = refused(olga, approver)
    assert held_minor(dispute) == 0
    reopen_dispute(dispute=dispute, user=user_of(olga), words="Look again.")
    dispute.refresh_from_db()
    assert (dispute.state, dispute.round, held_minor(dispute)) == (State.OPEN, 2, 30_00)
    with pytest.raises(ValidationError, match="Someone else"):
        decide_dispute(dispute=dispute, user=approver, accepted=[], answer=Answer.TERMS)
    decide_dispute(dispute=dispute, user=channel_manager, accepted=[], answer=Answer.TERMS)
    with pytest.raises(ValidationError, match="can't be reopened"):
        reopen_dispute(dispute=dispute, user=user_of(olga), words="Again.")
    assert (stands(Stage.ACCRUED), stands(Stage.HELD)) == (80_00, 0)


def test_what_was_accepted_is_not_held_again(olga: Person, approver: User) -> None:
    asked = [Asked(Reason.NOT_MINE, line(name), questioned_minor=30_00) for name in ("L-1", "L-2")]
    dispute = question(olga, *asked)
    first = dispute.items.order_by("pk")[0]
    decide_dispute(dispute=dispute, user=approver, accepted=[first.pk], answer=Answer.NO_EVIDENCE)
    reopen_dispute(dispute=dispute, user=user_of(olga), words="Look again.")
    assert held_minor(dispute) == 30_00
    first.refresh_from_db()
    assert first.outcome == "accepted"


def test_it_is_reopened_within_thirty_days_and_with_a_word(olga: Person, approver: User) -> None:
    dispute = refused(olga, approver)
    with pytest.raises(ValidationError, match="in a few words"):
        reopen_dispute(dispute=dispute, user=user_of(olga), words=" ")
    Dispute.objects.update(decided_at=timezone.now() - timedelta(days=31))
    with pytest.raises(ValidationError, match="can't be reopened"):
        reopen_dispute(dispute=dispute, user=user_of(olga), words="Late.")


def test_what_was_accepted_as_a_whole_is_not_reopened(olga: Person, approver: User) -> None:
    dispute = question(olga)
    decide_dispute(dispute=dispute, user=approver, accepted=[dispute.items.get().pk], answer=Answer.PUT_RIGHT)
    with pytest.raises(ValidationError, match="All was accepted"):
        reopen_dispute(dispute=dispute, user=user_of(olga), words="More.")


def test_an_overdue_answer_is_escalated_once_to_who_may_decide(
    olga: Person, approver: User, channel_manager: User
) -> None:
    dispute = question(olga)
    assign_dispute(dispute=dispute, to=channel_manager, user=channel_manager)
    due = dispute.due_on
    assert escalate_overdue(organisation=olga.organisation, today=due) == 0
    assert escalate_overdue(organisation=olga.organisation, today=due + timedelta(days=1)) == 1
    assert escalate_overdue(organisation=olga.organisation, today=due + timedelta(days=2)) == 0
    told = Mail.objects.filter(kind="disputes.escalated").values_list("to", flat=True)
    assert set(told) == {approver.email, channel_manager.email}


def test_the_daily_job_looks_after_it(olga: Person, approver: User) -> None:
    question(olga)
    Dispute.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    jobs.ask_daily((LOOK_AFTER,), timezone.now())
    work()
    assert DisputeEntry.objects.filter(kind="escalated").count() == 1
    assert not Job.objects.filter(done_at=None).exists()


def test_what_one_side_says_the_other_is_told_and_notes_nobody(
    olga: Person, channel_manager: User, approver: User
) -> None:
    dispute = question(olga)
    assign_dispute(dispute=dispute, to=approver, user=channel_manager)
    Mail.objects.all().delete()
    say(dispute=dispute, user=user_of(olga), text="And?")
    assert [mail.to for mail in Mail.objects.all()] == [approver.email]
    say(dispute=dispute, user=approver, text="Not for them.", is_internal=True)
    assert Mail.objects.count() == 1
    say(dispute=dispute, user=approver, text="We look into it.")
    assert set(Mail.objects.values_list("to", flat=True)) == {approver.email, user_of(olga).email}
    with pytest.raises(ValidationError, match="Write something"):
        say(dispute=dispute, user=approver, text=" ")


def test_what_is_withdrawn_ends(olga: Person, approver: User) -> None:
    dispute = question(olga)
    withdraw_dispute(dispute=dispute, user=user_of(olga))
    assert (stands(Stage.ACCRUED), stands(Stage.HELD)) == (80_00, 0)
    with pytest.raises(ValidationError, match="withdrawn"):
        say(dispute=dispute, user=approver, text="Why?")
    with pytest.raises(ValidationError, match="decided already"):
        assign_dispute(dispute=dispute, to=approver, user=approver)
