"""`headrace settle FROM TO --by EMAIL`, then `headrace settle --approve --by EMAIL`: two people, as on the screens."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.base.approvals.actions import decide
from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.base.models import ApprovalDecision, ApprovalRequest, Organisation, User
from headrace.kernel.period import Period
from headrace.payouts import actions
from headrace.payouts.drafting import SHARE_OF_ALL_E4
from headrace.payouts.figures import title_of, totals_of
from headrace.payouts.models import Settlement


class Command(BaseCommand):
    help = "Prepares the settlement of a period and asks for its approval; another person approves it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "first", nargs="?", type=date.fromisoformat, metavar="FROM", help="its first day, as 2026-01-01"
        )
        parser.add_argument(
            "last", nargs="?", type=date.fromisoformat, metavar="TO", help="its last day, as 2026-03-31"
        )
        parser.add_argument("--by", required=True, metavar="EMAIL", help="in whose name")
        parser.add_argument("--interim", metavar="PERCENT", help="only so much of what was earned so far")
        parser.add_argument("--approve", action="store_true", help="approve the one that waits")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        try:
            user = _user(organisation, options["by"])
            settlement = (_approve if options["approve"] else _prepare)(organisation, user, options)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
        except ValueError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        self._tell(settlement)

    def _tell(self, settlement: Settlement) -> None:
        self.stdout.write(f"{title_of(settlement)}: {settlement.get_state_display()}")
        for row in totals_of(settlement):
            told = _("%(unit)s: %(paid)s of %(payees)s recipients are paid %(payable)s; carried: %(carried)s")
            money = {name: formats.money(row[name], row["unit"]) for name in ("payable", "carried")}
            self.stdout.write(told % {**row, **money})


def _user(organisation: Organisation, email: str) -> User:
    user = User.objects.filter(organisation=organisation, email=email.strip().lower()).first()
    if user is None:
        raise ValidationError(_("Nobody signs in as %(email)s.") % {"email": email})
    return user


def _prepare(organisation: Organisation, user: User, options: dict[str, Any]) -> Settlement:
    if options["first"] is None or options["last"] is None:
        raise ValidationError(_("Say the first and the last day of the period, as 2026-01-01 2026-03-31."))
    is_interim = options["interim"] is not None
    settlement = actions.prepare_settlement(
        organisation=organisation,
        period=Period(options["first"], options["last"]),
        kind=Settlement.Kind.INTERIM if is_interim else Settlement.Kind.FINAL,
        share_e4=_share_e4(options["interim"]) if is_interim else SHARE_OF_ALL_E4,
        user=user,
    )
    actions.request_settlement(settlement=settlement, user=user)
    settlement.refresh_from_db()
    return settlement


def _share_e4(text: str) -> int:
    """Per cent with at most two decimals, as "62.5": 6250."""
    try:
        share = Decimal(text) * 100
    except InvalidOperation:
        share = Decimal(0)
    if not 0 < share <= SHARE_OF_ALL_E4 or share != int(share):
        raise ValidationError(_("“%(text)s” is no share: right would be per cent, as 50.") % {"text": text})
    return int(share)


def _approve(organisation: Organisation, user: User, _options: dict[str, Any]) -> Settlement:
    settlement = actions.open_settlement(organisation)
    request = ApprovalRequest.objects.filter(
        organisation=organisation,
        kind=actions.APPROVAL_KIND,
        subject=settlement.subject if settlement else "",
        state=ApprovalRequest.State.WAITING,
    ).first()
    if settlement is None or request is None:
        raise ValidationError(_("No settlement waits for approval."))
    decide(
        request=request,
        user=user,
        decision=ApprovalDecision.Choice.APPROVE,
        seen_hash=request.seen_hash,
    )
    settlement.refresh_from_db()
    return settlement
