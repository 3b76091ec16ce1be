"""What owners are told by e-mail: of their bank account, and of payouts that did not reach them. No full number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from headrace.base import formats, mail
from headrace.base.models import User
from headrace.partners.models import Person, PersonRole
from headrace.payouts.bank import reasons
from headrace.payouts.models import BankAccount, Payout


def readers_of(thing: BankAccount | Payout) -> Iterator[tuple[str, str]]:
    """Address and language of those it concerns: the person, or the owners of the partner and its own mailbox."""
    if thing.person is not None:
        users = [thing.person.user] if thing.person.user else []
    else:
        owners = Person.objects.filter(
            partner=thing.partner_id, role=PersonRole.OWNER, left_on=None, user__is_active=True
        )
        users = [person.user for person in owners.select_related("user").order_by("pk") if person.user]
    yield from ((user.email, user.language) for user in users if isinstance(user, User))
    address = thing.partner.email if thing.partner is not None and thing.person is None else ""
    if address and address not in {user.email for user in users}:
        yield address, users[0].language if users else "en"


def tell_account_entered(account: BankAccount) -> None:
    """At once and whoever entered it: whose account was hijacked learns of it in time."""

    def body() -> str:
        return _(
            "The bank account %(number)s of %(holder)s was entered for your payouts. Somebody else has to approve it; "
            "until then nothing is paid. If it was not you, tell us at once.\n\n%(link)s"
        ) % {"number": account.masked, "holder": account.holder, "link": _link()}

    _tell(account, "entered", lambda: _("A new bank account was entered for your payouts"), body)


def tell_account_accepted(account: BankAccount, usable_from: datetime) -> None:
    def body() -> str:
        return _(
            "The new bank account %(number)s was approved. Payouts go there from %(day)s on. If you did not enter "
            "it, answer at once: until then nothing is paid.\n\n%(link)s"
        ) % {"number": account.masked, "day": formats.day(usable_from), "link": _link()}

    _tell(account, "accepted", lambda: _("Your new bank account was approved"), body)


def tell_account_refused(account: BankAccount, reason: str) -> None:
    def body() -> str:
        return _(
            "The new bank account %(number)s was refused: %(reason)s\n\nThe one before it holds, where there is one. "
            "You can enter another here:\n%(link)s"
        ) % {"number": account.masked, "reason": reason, "link": _link()}

    _tell(account, "refused", lambda: _("Your new bank account was refused"), body)


def _tell(account: BankAccount, what: str, subject: Callable[[], str], body: Callable[[], str]) -> None:
    for address, language in readers_of(account):
        with mail.written_in(language):
            mail.ask_to_send(
                organisation=account.organisation,
                to=address,
                language=language,
                subject=subject(),
                body=body(),
                kind=f"payouts.bank_account_{what}",
                subject_ref=account.subject,
                key=f"{account.subject}:{what}:{address}",
            )


def tell_payout_failed(payout: Payout) -> None:
    """That it was refused or came back, and why."""
    for address, language in readers_of(payout):
        with mail.written_in(language):
            mail.ask_to_send(
                organisation=payout.organisation,
                to=address,
                language=language,
                subject=_("Your payout %(reference)s did not reach you") % {"reference": payout.reference},
                body=_(
                    "The payout %(reference)s of %(amount)s to %(number)s failed: %(reason)s\n\nThe amount stands to "
                    "your account again. Look at your bank account here:\n%(link)s"
                )
                % {
                    "reference": payout.reference,
                    "amount": formats.money(payout.amount_minor, payout.unit),
                    "number": payout.account.masked,
                    "reason": reasons.reason(payout.reason_code, payout.reason_text),
                    "link": _link(),
                },
                kind="payouts.payout_failed",
                subject_ref=payout.key,
                key=f"{payout.key}:failed:{address}",
            )


def _link() -> str:
    return mail.link(reverse("portal:payouts"))
