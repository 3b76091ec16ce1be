"""Jobs: not before the change that asks for them, never lost, done once, a poison one set aside."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.base import jobs
from headrace.base.jobs import ATTEMPTS_MAX, LEASE, Handler, LeaseLostError
from headrace.base.models import AuditEvent, Job, Organisation

KIND = "test.write"


def write(job: Job) -> None:
    AuditEvent.objects.create(organisation=job.organisation, action="test", subject=str(job.payload))


def fail(job: Job) -> None:
    write(job)
    raise ValueError("no such thing")


WRITES = {KIND: Handler(write)}
FAILS = {KIND: Handler(fail)}


def ask(organisation: Organisation, key: str = "", number: int = 0) -> None:
    jobs.ask_for(organisation=organisation, kind=KIND, key=key, payload={"number": number})


def do_all(handlers: jobs.Handlers) -> int:
    return jobs.work(handlers, stop=Event(), until_empty=True)


def test_a_job_is_done_once(organisation: Organisation) -> None:
    ask(organisation)
    assert do_all(WRITES) == 1
    assert do_all(WRITES) == 0
    assert AuditEvent.objects.count() == 1
    assert Job.objects.get().done_at is not None


def test_a_change_that_is_rolled_back_asks_for_nothing(organisation: Organisation) -> None:
    with transaction.atomic():
        ask(organisation)
        transaction.set_rollback(True)
    assert do_all(WRITES) == 0


def test_one_waits_for_each_key(organisation: Organisation) -> None:
    for number in range(3):
        ask(organisation, "a", number)
    ask(organisation, "b")
    ask(organisation)
    ask(organisation)
    assert Job.objects.count() == 4


def test_one_that_is_asked_for_while_it_runs_runs_again(organisation: Organisation) -> None:
    ask(organisation, "a")
    running = jobs.claim("one", timezone.now())
    assert running is not None
    ask(organisation, "a")
    assert jobs.perform(running, WRITES)
    assert do_all(WRITES) == 1
    assert AuditEvent.objects.count() == 2


def test_what_a_failing_job_wrote_is_not_kept(organisation: Organisation) -> None:
    ask(organisation)
    assert do_all(FAILS) == 1
    job = Job.objects.get()
    assert AuditEvent.objects.count() == 0
    assert (job.worker, job.attempts) == ("", 1)
    assert job.problem == "ValueError: no such thing"
    assert job.wanted_at > timezone.now()


def test_a_poison_job_is_set_aside_and_the_others_go_on(organisation: Organisation) -> None:
    ask(organisation)
    ask(organisation)
    poison = Job.objects.earliest("pk")
    for _attempt in range(ATTEMPTS_MAX):
        Job.objects.filter(pk=poison.pk).update(wanted_at=timezone.now() - timedelta(hours=1))
        claimed = jobs.claim("one", timezone.now())
        assert claimed == poison
        assert not jobs.perform(claimed, FAILS)
    assert do_all(WRITES) == 1
    poison.refresh_from_db()
    assert poison.set_aside_at is not None
    jobs.try_again(poison)
    assert do_all(WRITES) == 1


def test_a_failing_one_gives_way_to_the_same_that_waits(organisation: Organisation) -> None:
    ask(organisation, "a")
    running = jobs.claim("one", timezone.now())
    assert running is not None
    ask(organisation, "a")
    assert not jobs.perform(running, FAILS)
    running.refresh_from_db()
    assert running.done_at is not None
    assert do_all(WRITES) == 1


def test_a_dead_workers_job_is_taken_over(organisation: Organisation) -> None:
    ask(organisation)
    begun = timezone.now()
    dead = jobs.claim("dead", begun)
    assert dead is not None
    assert jobs.claim("other", begun + LEASE / 2) is None
    taken = jobs.claim("other", begun + LEASE * 2)
    assert taken is not None
    # The one that was only thought dead can't finish it, and keeps nothing of what it did.
    assert not jobs.perform(dead, WRITES)
    assert AuditEvent.objects.count() == 0
    with pytest.raises(LeaseLostError):
        jobs.note_progress(dead, 1, 2)
    assert jobs.perform(taken, WRITES)
    assert AuditEvent.objects.count() == 1


def test_one_that_kills_its_workers_is_set_aside(organisation: Organisation) -> None:
    ask(organisation)
    now = timezone.now()
    for attempt in range(ATTEMPTS_MAX):
        assert jobs.claim("dead", now + LEASE * 2 * attempt) is not None
    assert jobs.claim("other", now + LEASE * 2 * ATTEMPTS_MAX) is None
    assert Job.objects.get().set_aside_at is not None


def test_daily_jobs_are_asked_for_once_a_day_of_each_organisation(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    Organisation.objects.filter(pk=other_organisation.pk).update(time_zone="Asia/Kuala_Lumpur")
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert jobs.ask_daily([KIND], noon) == 2
    assert jobs.ask_daily([KIND], noon) == 0
    do_all(WRITES)
    assert jobs.ask_daily([KIND], noon) == 0
    # Eight hours before it does in the one, a day begins in the other.
    evening = noon + timedelta(hours=5)
    assert jobs.ask_daily([KIND], evening) == 1
    assert Job.objects.latest("pk").organisation == other_organisation
    assert jobs.ask_daily([KIND], evening + timedelta(hours=8)) == 1


def test_a_worker_asks_for_daily_jobs_itself(organisation: Organisation) -> None:
    assert jobs.work(WRITES, stop=Event(), until_empty=True, daily=[KIND]) == 1
    assert jobs.work(WRITES, stop=Event(), until_empty=True, daily=[KIND]) == 0


def test_a_kind_that_nobody_does_is_told(organisation: Organisation) -> None:
    ask(organisation)
    assert do_all({}) == 1
    assert "test.write" in Job.objects.get().problem


def test_several_workers_never_do_one_twice(own_database: OwnDatabase) -> None:
    organisation = Organisation.objects.create(code="acme", name="Acme", currency="EUR")
    for number in range(40):
        ask(organisation, number=number)
    in_threads([lambda: do_all(WRITES)] * 4)
    assert sorted(AuditEvent.objects.values_list("subject", flat=True)) == sorted(
        str({"number": number}) for number in range(40)
    )


def test_the_command_lists_and_tries_again(
    organisation: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(organisation)
    Job.objects.update(set_aside_at=timezone.now(), attempts=5, problem="ValueError: x")
    job = Job.objects.get()
    call_command("jobs")
    assert capsys.readouterr().out == f"{job.pk}\ttest.write\tset aside after 5 attempts\tValueError: x\n"
    call_command("jobs", again=job.pk)
    assert "waiting" in capsys.readouterr().out
    with pytest.raises(CommandError, match=f"No job {job.pk} was set aside"):
        call_command("jobs", again=job.pk)


def test_the_worker_command_stops_when_none_waits(own_database: OwnDatabase) -> None:
    organisation = Organisation.objects.create(code="acme", name="Acme", currency="EUR")
    jobs.ask_for(organisation=organisation, kind="sales.lines_arrived", payload={"partners": []})
    connection.close()
    subprocess.run(
        [sys.executable, "-m", "django", "work", "--until-empty"],
        env={**os.environ, **own_database.environment},
        check=True,
        timeout=60,
    )
    assert Job.objects.count() > 1, "the daily ones are among them"
    assert not Job.objects.filter(done_at=None).exists()
