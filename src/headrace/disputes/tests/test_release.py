"""What was held is given back only when the calculation that a decision asked for is done."""

from datetime import timedelta

from django.utils import timezone

from headrace.base import jobs
from headrace.base.models import Job, User
from headrace.disputes.actions import RELEASE_WHEN_CALCULATED, decide_dispute, reopen_dispute
from headrace.disputes.holding import held_minor
from headrace.disputes.models import Answer
from headrace.disputes.tests.conftest import question, work
from headrace.earnings.jobs import PROGRAMME_IS_LATE
from headrace.partners.models import Person


def test_it_waits_for_the_calculation(olga: Person, approver: User) -> None:
    dispute = question(olga)
    accepted = [dispute.items.get().pk]
    decide_dispute(dispute=dispute, user=approver, accepted=accepted, answer=Answer.PUT_RIGHT)
    late = {"kind": PROGRAMME_IS_LATE, "key": f"programme:{dispute.programme_id}"}
    later = timezone.now() + timedelta(hours=1)
    jobs.ask_for(
        organisation=olga.organisation, **late, payload={"programme": dispute.programme_id}, wanted_at=later
    )
    work()
    assert held_minor(dispute) == 30_00
    assert Job.objects.filter(kind=RELEASE_WHEN_CALCULATED, done_at=None).count() == 1
    Job.objects.filter(done_at=None).update(wanted_at=timezone.now())
    work()
    assert held_minor(dispute) == 0


def test_what_was_reopened_meanwhile_stays_held(olga: Person, approver: User) -> None:
    dispute = question(olga)
    decide_dispute(dispute=dispute, user=approver, accepted=[], answer=Answer.TERMS)
    assert olga.user is not None
    reopen_dispute(dispute=dispute, user=olga.user, words="Look again.")
    kind, payload = RELEASE_WHEN_CALCULATED, {"dispute": dispute.pk}
    jobs.ask_for(organisation=olga.organisation, kind=kind, payload=payload)
    work()
    assert held_minor(dispute) == 30_00
