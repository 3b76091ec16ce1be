"""Verbs of payouts: cut the statements of a period."""

from collections.abc import Iterator

from django.db import transaction

from headrace.base import audit
from headrace.base.models import Organisation, User
from headrace.earnings.actions import close_period
from headrace.kernel.period import Period
from headrace.ledger.queries import current_position
from headrace.partners.models import Person
from headrace.payouts import queries
from headrace.payouts.models import Statement


@transaction.atomic
def cut_statements(
    *, organisation: Organisation, period: Period, user: User | None = None
) -> list[Statement]:
    """One statement for each account that stood or moved in the period; closes the period.

    Raises ValidationError where the period, or a later one, is closed already.
    """
    close_period(organisation=organisation, through=period.ends, user=user)
    position = current_position(organisation)
    statements = Statement.objects.bulk_create(drafts(organisation, period, position), batch_size=1000)
    audit.record(
        organisation=organisation,
        user=user,
        action="statements.cut",
        subject=f"period:{period.ends.isoformat()}",
        statements=len(statements),
    )
    return statements


def drafts(organisation: Organisation, period: Period, position: int) -> Iterator[Statement]:
    """Unsaved statements, numbered in the order of their owners."""
    partner_of = dict(Person.objects.filter(organisation=organisation).values_list("pk", "partner_id"))
    for sequence, account in enumerate(queries.accounts_over(organisation, period, position), start=1):
        kind, _, key = account.owner.partition(":")
        person_id = int(key) if kind == "person" else None
        yield Statement(
            organisation=organisation,
            number=f"{period.ends:%Y-%m}-{sequence:05}",
            partner_id=partner_of[person_id] if person_id else int(key),
            person_id=person_id,
            unit=account.unit,
            period_from=period.starts,
            period_to=period.ends,
            position=position,
            opening_minor=account.opening_minor,
            closing_minor=account.opening_minor + account.moved_minor,
        )
