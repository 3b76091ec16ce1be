"""A process that settles the quarters of 2026 that are over, to be killed on the way.

`python -m headrace.payouts.tests.settling_child ORGANISATION`
"""

import sys
from datetime import date

import django


def main(code: str) -> None:
    django.setup()
    from tests.settling import approve

    from headrace.base.models import ApprovalRequest, Organisation, User
    from headrace.earnings.actions import closed_through
    from headrace.kernel.period import Period
    from headrace.payouts.actions import open_settlement, prepare_settlement, request_settlement

    organisation = Organisation.objects.get(code=code)
    preparer, approver = (User.objects.get(email=f"{who}@acme.example") for who in ("manager", "approver"))
    print("ready", flush=True)
    for period in (Period(date(2026, 1, 1), date(2026, 3, 31)), Period(date(2026, 4, 1), date(2026, 6, 30))):
        closed = closed_through(organisation)
        if closed is not None and closed >= period.ends:
            continue
        if open_settlement(organisation) is None:
            prepare_settlement(organisation=organisation, period=period, user=preparer)
            print("prepared", flush=True)
        settlement = open_settlement(organisation)
        assert settlement is not None
        request_settlement(settlement=settlement, user=preparer)
        print("asked", flush=True)
        approve(ApprovalRequest.objects.get(subject=settlement.subject, state="waiting"), approver)
        print("settled", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
