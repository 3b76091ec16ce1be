"""What holds the rooms together: which function does the jobs of which kind, and what an approval brings about."""

from headrace.base import mail
from headrace.base.approvals import deadlines, notices, rule_changes
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.jobs import Handler, Handlers
from headrace.claims import jobs as claims
from headrace.claims.actions import CLAIM_SUBMITTED
from headrace.earnings import jobs as earnings
from headrace.earnings.forecasting import jobs as forecasting
from headrace.programmes.budgets import plans as budget_plans
from headrace.sales.arrivals import LINES_ARRIVED

# Not whole: nobody else could write while they calculate. What they find they write in a transaction of its own,
# and doing it again changes nothing.
JOB_HANDLERS: Handlers = {
    # Not whole: a mail server may be slow, and what it took it can't give back.
    mail.SEND: Handler(mail.send, whole=False),
    notices.LOOK_AFTER: Handler(deadlines.look_after),
    CLAIM_SUBMITTED: Handler(claims.expect_earnings, whole=False),
    LINES_ARRIVED: Handler(earnings.refresh_partners, whole=False),
    forecasting.FORECAST: Handler(forecasting.forecast_daily, whole=False),
    earnings.PROGRAMME_IS_LATE: Handler(earnings.refresh_programme, whole=False),
}

APPROVAL_KINDS: tuple[ApprovalKind, ...] = (rule_changes.KIND, budget_plans.KIND)

# What `headrace work` asks for by itself, once for each organisation and day.
DAILY_JOBS: tuple[str, ...] = (forecasting.FORECAST,)
