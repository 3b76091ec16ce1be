"""What holds the rooms together: which function does the jobs of which kind, and what an approval brings about."""

from headrace.base import mail
from headrace.base.approvals import deadlines, notices, rule_changes
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.jobs import Handler, Handlers
from headrace.claims import approvals as claim_approvals
from headrace.claims import jobs as claims
from headrace.claims.actions import CLAIM_SUBMITTED
from headrace.disputes import goodwill
from headrace.disputes import jobs as disputes
from headrace.disputes.actions import RELEASE_WHEN_CALCULATED
from headrace.earnings import approvals as run_approvals
from headrace.earnings import jobs as earnings
from headrace.earnings.forecasting import jobs as forecasting
from headrace.ledger import jobs as ledger
from headrace.payouts import approvals as settlement_approvals
from headrace.payouts import bank_accounts, batches
from headrace.programmes import approvals as programme_approvals
from headrace.programmes.budgets import plans as budget_plans
from headrace.sales import decisions, deliveries, reporting_actions
from headrace.sales.arrivals import LINES_ARRIVED
from headrace.sales.reporting_actions import REMIND

# Not whole: nobody else could write while they calculate. What they find they write in a transaction of its own,
# and doing it again changes nothing.
JOB_HANDLERS: Handlers = {
    # Not whole: a mail server may be slow, and what it took it can't give back.
    mail.SEND: Handler(mail.send, whole=False),
    notices.LOOK_AFTER: Handler(deadlines.look_after),
    deadlines.LOOK_AFTER_ALL: Handler(deadlines.look_after_all),
    CLAIM_SUBMITTED: Handler(claims.expect_earnings, whole=False),
    deliveries.FILES_DELIVERED: deliveries.HANDLER,
    decisions.TEXTS_DECIDED: Handler(decisions.take_rows_in),
    LINES_ARRIVED: Handler(earnings.refresh_partners, whole=False),
    forecasting.FORECAST: Handler(forecasting.forecast_daily, whole=False),
    REMIND: Handler(reporting_actions.remind),
    run_approvals.PUBLISH: Handler(run_approvals.publish),
    earnings.PROGRAMME_IS_LATE: Handler(earnings.refresh_programme, whole=False),
    disputes.LOOK_AFTER: Handler(disputes.look_after),
    ledger.EXPIRE_AND_SEAL: Handler(ledger.expire_and_seal, whole=False),
    RELEASE_WHEN_CALCULATED: Handler(disputes.release_when_calculated),
}

# What `headrace work` asks for by itself, once for each organisation and day.
DAILY_JOBS: tuple[str, ...] = (
    deadlines.LOOK_AFTER_ALL,
    REMIND,
    disputes.LOOK_AFTER,
    forecasting.FORECAST,
    ledger.EXPIRE_AND_SEAL,
)

APPROVAL_KINDS: tuple[ApprovalKind, ...] = (
    rule_changes.KIND,
    programme_approvals.KIND,
    budget_plans.KIND,
    run_approvals.KIND,
    claim_approvals.KIND,
    settlement_approvals.KIND,
    bank_accounts.KIND,
    batches.KIND,
    goodwill.KIND,
)
