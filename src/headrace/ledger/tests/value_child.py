"""A process that credits, spends, holds and pays the same whenever it is run, to be killed on the way.

`python -m headrace.ledger.tests.value_child ORGANISATION COUNT`
"""

import sys
from datetime import date

import django


def main(code: str, count: int) -> None:
    django.setup()
    from headrace.base.models import Organisation
    from headrace.ledger.actions import post_many
    from headrace.ledger.blocks import seal_blocks
    from headrace.ledger.holds import hold, post_hold, void_hold
    from headrace.ledger.lots import claw_back, credit_lot, expire_lots, spend
    from headrace.ledger.models import Stage
    from headrace.ledger.tests.words import (
        APRIL,
        MARCH,
        accrual,
        available,
        expense,
        payable,
        settlement,
        spent,
    )

    organisation = Organisation.objects.get(code=code)
    told = {"organisation": organisation, "details": {}}
    points = {**told, "account": available(), "occurred_on": MARCH}
    print("ready", flush=True)
    for n in range(count):
        post_many(
            organisation=organisation, transfers=[accrual(f"earning:{n}", 10), settlement(f"settle:{n}", 10)]
        )
        held = hold(key=f"payout:{n}", kind="held", occurred_on=MARCH, parts={payable(): 7}, **told)
        if n % 2:
            post_hold(held, to=Stage.PAID, kind="paid", occurred_on=MARCH, details={})
        else:
            void_hold(held, kind="void", occurred_on=MARCH, details={})
        last_day = date(2025, 4, 1 + n % 20)
        credit_lot(
            key=f"lot:{n}",
            kind="earned",
            source=expense("points"),
            amount_minor=10,
            expires_on=last_day,
            **points,
        )
        spend(key=f"order:{n}", kind="spent", to=spent(), amount_minor=4, **points)
        claw_back(key=f"return:{n}", kind="returned", to=expense("points"), amount_minor=1, **points)
        seal_blocks(organisation)
        print(n, flush=True)
    expire_lots(organisation=organisation, on=APRIL)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
