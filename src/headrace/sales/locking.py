"""One change of an organisation's lines at a time."""

from headrace.base.models import Organisation


def one_at_a_time(organisation: Organisation) -> None:
    """Waits, inside a transaction, until no other import or withdrawal of the organisation runs.

    Then each sees the lines of the one before. On SQLite the transaction itself holds the only write lock.
    NO KEY leaves other rows free to refer to the organisation.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
