"""What holds the rooms together: which function does the jobs of which kind."""

from headrace.base.jobs import Handler, Handlers
from headrace.earnings import jobs as earnings
from headrace.sales.arrivals import LINES_ARRIVED

# Not whole: what a calculation finds is published in a transaction of its own, and doing it again changes nothing.
JOB_HANDLERS: Handlers = {
    LINES_ARRIVED: Handler(earnings.refresh_partners, whole=False),
    earnings.PROGRAMME_IS_LATE: Handler(earnings.refresh_programme, whole=False),
}
