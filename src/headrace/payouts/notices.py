"""Who is told by e-mail that there is a statement for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from headrace.base import formats, mail
from headrace.base.models import Organisation, User
from headrace.kernel.period import Period
from headrace.partners.models import Person, PersonRole
from headrace.payouts.models import Statement


def tell_of_statements(organisation: Organisation, period: Period, statements: Sequence[Statement]) -> None:
    """One message for each person who may sign in and see any of them; in their language, in this transaction."""
    to_partner: dict[int, list[Statement]] = defaultdict(list)
    to_person: dict[int, list[Statement]] = defaultdict(list)
    for statement in statements:
        to_partner[statement.partner_id].append(statement)
        if statement.person_id is not None:
            to_person[statement.person_id].append(statement)
    readers = Person.objects.filter(
        Q(role=PersonRole.OWNER, partner__in=to_partner) | Q(pk__in=to_person),
        organisation=organisation,
        user__isnull=False,
        left_on=None,
    ).select_related("user")
    for reader in readers:
        assert reader.user is not None, "those without an account were left out"
        seen = to_partner[reader.partner_id or 0] if reader.is_owner else to_person[reader.pk]
        _tell(reader.user, organisation, period, seen)


def _tell(user: User, organisation: Organisation, period: Period, statements: Sequence[Statement]) -> None:
    with mail.written_in(user.language):
        told = formats.period(period.starts, period.ends)
        lines = [
            _("%(number)s: %(amount)s")
            % {
                "number": statement.number,
                "amount": formats.money(statement.closing_minor, statement.unit),
            }
            for statement in statements
        ]
        body = _("Hello %(name)s,\n\nyour statement for %(period)s is ready:\n\n%(lines)s\n\n%(link)s\n") % {
            "name": user.name,
            "period": told,
            "lines": "\n".join(lines),
            "link": mail.link(reverse("portal:statements")),
        }
        mail.ask_to_send(
            organisation=organisation,
            to=user.email,
            language=user.language,
            subject=_("Your statement for %(period)s") % {"period": told},
            body=body,
            kind="payouts.statement_cut",
            subject_ref=f"period:{period.ends.isoformat()}",
            key=f"statements:{period.ends.isoformat()}:{user.pk}",
        )
