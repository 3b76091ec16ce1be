"""Who is told when a budget nears its limit, or reaches it: once for each threshold of each limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import formats, mail
from headrace.base.models import Organisation, Role, User
from headrace.programmes.budgets import spending
from headrace.programmes.budgets.guarding import (
    Excess,
    OverBudgetError,
    budgets_in_force,
    place_name,
    told,
)
from headrace.programmes.models import Budget, BudgetAlert, BudgetRefusal, Programme

TOLD_ROLES = (Role.CHANNEL_MANAGER, Role.FINANCE)


@transaction.atomic
def raise_alerts(*, programme: Programme) -> list[BudgetAlert]:
    """Notes each threshold that is reached and was not noted before, and asks for an e-mail about it.

    A limit that was raised has thresholds of its own, which are told anew.
    """
    raised = []
    for budget, allocations in budgets_in_force(programme):
        for line in spending.lines(budget, allocations, timezone.localdate()):
            charged = line.spent.charged_minor
            for percent in line.allocation.version.alert_at:
                if charged <= 0 or charged * 100 < line.allocation.limit_minor * percent:
                    continue
                alert, is_new = BudgetAlert.objects.get_or_create(
                    budget=budget,
                    place=line.allocation.place,
                    percent=percent,
                    limit_minor=line.allocation.limit_minor,
                    defaults={
                        "organisation": budget.organisation,
                        "allocation": line.allocation,
                        "charged_minor": charged,
                    },
                )
                if is_new:
                    raised.append(alert)
    for alert in raised:
        _tell(alert)
    return raised


@transaction.atomic
def note_refusal(error: OverBudgetError) -> None:
    """Notes each limit that held a calculation back and was not noted before, and asks for an e-mail about it."""
    for excess in error.excesses:
        allocation = excess.allocation
        budget = allocation.version.budget
        refusal, is_new = BudgetRefusal.objects.get_or_create(
            allocation=allocation,
            ended_at=None,
            defaults={
                "organisation": budget.organisation,
                "budget": budget,
                "would_be_minor": excess.would_be_minor,
            },
        )
        if is_new:
            _send(budget, "budget.refusal", f"budget_refusal:{refusal.pk}", partial(_refusal, excess))


def end_refusals(programme: Programme) -> None:
    """A calculation was published: nothing is held back any more."""
    open_ones = BudgetRefusal.objects.filter(budget__programme=programme, ended_at=None)
    open_ones.update(ended_at=timezone.now())


def _tell(alert: BudgetAlert) -> None:
    _send(alert.budget, "budget.threshold", f"budget_alert:{alert.pk}", lambda: _letter(alert))


def _send(budget: Budget, kind: str, key: str, write: Callable[[], tuple[str, str]]) -> None:
    for user in told_people(budget.organisation):
        with mail.written_in(user.language):
            subject, body = write()
        mail.ask_to_send(
            organisation=budget.organisation,
            to=user.email,
            language=user.language,
            subject=subject,
            body=body,
            kind=kind,
            subject_ref=f"budget:{budget.pk}",
            key=f"{key}:{user.pk}",
        )


def _refusal(excess: Excess) -> tuple[str, str]:
    budget = excess.allocation.version.budget
    subject = _("Budget of “%(programme)s”: publishing is held back") % {"programme": budget.programme.title}
    return subject, f"{told(excess)}\n\n{_address(budget)}"


def _address(budget: Budget) -> str:
    return mail.link(reverse("console:budget", args=[budget.pk]))


def told_people(organisation: Organisation) -> list[User]:
    """Those who run programmes and those who watch the money."""
    people = User.objects.filter(
        organisation=organisation,
        is_active=True,
        role_grants__role__in=TOLD_ROLES,
        role_grants__revoked_at=None,
    )
    return list(people.distinct().order_by("pk"))


def _letter(alert: BudgetAlert) -> tuple[str, str]:
    budget = alert.budget
    words = {
        "programme": budget.programme.title,
        "percent": alert.percent,
        "place": place_name(alert.allocation),
        "period": formats.period(budget.starts, budget.ends),
        "charged": formats.money(alert.charged_minor, budget.unit),
        "limit": formats.money(alert.limit_minor, budget.unit),
        "link": _address(budget),
    }
    subject = _("Budget of “%(programme)s”: %(percent)s%% reached") % words
    body = _(
        "The budget of “%(programme)s” for %(period)s has reached %(percent)s%% of the limit for “%(place)s”.\n\n"
        "Charged: %(charged)s\nLimit: %(limit)s\n\n%(link)s"
    )
    return subject, body % words
