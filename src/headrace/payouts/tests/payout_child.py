"""A process that brings one batch after the other to the bank and reads its answers, to be killed on the way.

`python -m headrace.payouts.tests.payout_child ORGANISATION COUNT`
"""

import sys

import django


def main(code: str, count: int) -> None:
    django.setup()
    from headrace.base.models import Organisation, User
    from headrace.ledger.models import Stage
    from headrace.payouts.answers import receive_answer
    from headrace.payouts.batches import hand_over_batch
    from headrace.payouts.models import PayoutBatch
    from headrace.payouts.tests import desk

    organisation = Organisation.objects.get(code=code)
    finance, approver = (
        User.objects.get(organisation=organisation, role_grants__role=role)
        for role in ("finance", "approver")
    )
    partner = organisation.partners.get()
    print("ready", flush=True)
    for number in range(count):
        desk.owe(organisation, f"partner:{partner.pk}", 1 + number, f"{number}")
        under_way = PayoutBatch.objects.filter(organisation=organisation, state__in=["waiting", "approved"])
        if desk.standing(organisation, Stage.PAYABLE) and not under_way.exists():
            desk.prepare(organisation, finance)
        desk.decide_waiting(organisation, "payout_batch", approver)
        for batch in PayoutBatch.objects.filter(organisation=organisation, state="approved"):
            hand_over_batch(batch=batch, user=finance)
        for batch in PayoutBatch.objects.filter(organisation=organisation, payouts__state="sent"):
            content = desk.camt(desk.booking(batch.payouts.get()), message=f"M{batch.pk}")
            receive_answer(organisation=organisation, name="a.xml", content=content)
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
