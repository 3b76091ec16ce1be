"""A process that brings all programmes up to date, to be killed on the way.

`python -m headrace.earnings.tests.publishing_child ORGANISATION`
"""

import sys

import django


def main(code: str) -> None:
    django.setup()
    from headrace.base.models import Organisation
    from headrace.earnings.actions import refresh_programmes

    organisation = Organisation.objects.get(code=code)
    print("ready", flush=True)
    refresh_programmes(organisation=organisation)


if __name__ == "__main__":
    main(sys.argv[1])
