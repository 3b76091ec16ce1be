"""What holds the rooms together: which function does the jobs of which kind."""

from headrace.base.jobs import Handler, Handlers
from headrace.claims import jobs as claims
from headrace.claims.actions import CLAIM_SUBMITTED
from headrace.earnings import jobs as earnings
from headrace.sales import decisions, deliveries
from headrace.sales.arrivals import LINES_ARRIVED

# Not whole: nobody else could write while they calculate. What they find they write in a transaction of its own,
# and doing it again changes nothing.
JOB_HANDLERS: Handlers = {
    CLAIM_SUBMITTED: Handler(claims.expect_earnings, whole=False),
    deliveries.FILES_DELIVERED: deliveries.HANDLER,
    decisions.TEXTS_DECIDED: Handler(decisions.take_rows_in),
    LINES_ARRIVED: Handler(earnings.refresh_partners, whole=False),
    earnings.PROGRAMME_IS_LATE: Handler(earnings.refresh_programme, whole=False),
}
