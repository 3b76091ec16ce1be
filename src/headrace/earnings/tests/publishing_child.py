"""A process that brings all programmes up to date, to be killed on the way.

`python -m headrace.earnings.tests.publishing_child ORGANISATION`
"""

import sys

import django


def main(code: str) -> None:
    django.setup()
    from headrace.base.models import Organisation
    from headrace.earnings.actions import refresh_programme, take_snapshot

    organisation = Organisation.objects.get(code=code)
    print("ready", flush=True)
    snapshot = take_snapshot(organisation=organisation)
    for programme in organisation.programmes.order_by("key"):
        refresh_programme(programme=programme, snapshot=snapshot)
        print(programme.key, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
