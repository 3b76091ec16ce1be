"""A process that posts the same transfers in the same order whenever it is run, to be killed on the way.

`python -m headrace.ledger.tests.posting_child ORGANISATION COUNT`
"""

import sys

import django


def main(code: str, count: int) -> None:
    django.setup()
    from headrace.base.models import Organisation
    from headrace.ledger.actions import post_many
    from headrace.ledger.drafts import TransferDraft
    from headrace.ledger.tests.words import accrual

    def draft(number: int) -> TransferDraft:
        return accrual(f"earning:{number}", 1 + number, owner=f"partner:{number % 7}")

    organisation = Organisation.objects.get(code=code)
    print("ready", flush=True)
    for start in range(0, count, 100):
        post_many(organisation=organisation, transfers=map(draft, range(start, start + 90)))
        for number in range(start + 90, start + 100):
            post_many(organisation=organisation, transfers=[draft(number)])
            print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
