"""Budgets, a forecast and an export of the journal for the demo. Each may be repeated."""

from contextlib import suppress
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext as _

from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.books.actions import export_journal
from headrace.books.models import JournalExport
from headrace.demo.timeline import quarter_start
from headrace.earnings.forecasting.actions import forecast
from headrace.earnings.models import Earning
from headrace.kernel.period import Period
from headrace.partners.models import PartnerAttributes
from headrace.programmes.budgets.alerts import raise_alerts
from headrace.programmes.budgets.plans import BUDGET, Share, propose_budget
from headrace.programmes.budgets.spending import charged
from headrace.programmes.models import Budget, Programme

ROOM_PERCENT = (78, 96, 125, 140)  # of what was charged so far: one budget is exceeded, one is nearly used up
COUNTRIES, STEP_MINOR = 3, 1_000_00


def make_budgets(organisation: Organisation, today: date, manager: User, approver: User) -> str:
    """A budget of this year for each programme that runs, approved; softly limited, so that nothing is held back."""
    year = Period(date(today.year, 1, 1), date(today.year, 12, 31))
    running = [one for one in organisation.programmes.order_by("key") if one.is_running(today)]
    for place, programme in enumerate(running):
        if not Budget.objects.filter(programme=programme).exists():
            _make_budget(programme, year, ROOM_PERCENT[place % len(ROOM_PERCENT)], manager, approver)
    return _("%(count)s approved") % {"count": Budget.objects.filter(organisation=organisation).count()}


def _make_budget(programme: Programme, year: Period, percent: int, manager: User, approver: User) -> None:
    unit = programme.current.parsed.currency
    spent = charged(
        Budget(
            organisation=programme.organisation,
            programme=programme,
            unit=unit,
            starts=year.starts,
            ends=year.ends,
        )
    )
    limit = max(1, spent * percent // 100 // STEP_MINOR) * STEP_MINOR
    shares = [Share(limit, above=None)]
    shares += [Share(part, field="country", value=code) for code, part in _countries(programme, year, limit)]
    version = propose_budget(
        programme=programme,
        unit=unit,
        period=year,
        shares=shares,
        reason=_("Plan of the year"),
        user=manager,
    )
    subject = f"budget_version:{version.pk}"
    request = ApprovalRequest.objects.get(organisation=programme.organisation, kind=BUDGET, subject=subject)
    decide(request=request, user=approver, decision="approve", seen_hash=request.seen_hash)
    raise_alerts(programme=programme)


def _countries(programme: Programme, year: Period, limit: int) -> list[tuple[str, int]]:
    """The countries that earned most, with a share of the limit in proportion, in whole steps."""
    earned = Earning.objects.filter(programme=programme, occurred_on__range=(year.starts, year.ends))
    by_partner = dict(earned.order_by().values_list("partner").annotate(total=Sum("delta_minor")))
    known = PartnerAttributes.objects.filter(partner__in=list(by_partner), valid_to=None).exclude(country="")
    sums: dict[str, int] = {}
    for partner, country in known.values_list("partner", "country"):
        sums[country] = sums.get(country, 0) + by_partner[partner]
    most = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:COUNTRIES]
    whole = sum(by_partner.values())
    parts = [(code, limit * total // whole // STEP_MINOR * STEP_MINOR) for code, total in most if total > 0]
    return [(code, part) for code, part in parts if part]


def make_forecast(organisation: Organisation, today: date, user: User) -> str:
    """The forecast of the demo’s day."""
    found = forecast(organisation=organisation, on=today, user=user)
    return _("%(count)s open periods") % {"count": len(found)}


def export_past_journal(organisation: Organisation, today: date, user: User) -> str:
    """The journal up to the end of the last quarter."""
    through = quarter_start(today) - timedelta(days=1)
    with suppress(ValidationError):  # an empty ledger has none, and what was exported stays
        export_journal(organisation=organisation, starts=None, through=through, user=user)
    exports = JournalExport.objects.filter(organisation=organisation)
    documents = exports.aggregate(total=Sum("transfers", default=0))["total"]
    return _("%(documents)s documents exported") % {"documents": f"{documents:,}"}
