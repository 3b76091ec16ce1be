"""Verbs of the books: export the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from headrace.base import audit, files
from headrace.base.models import Organisation, User
from headrace.books import journal
from headrace.books.accounts import book_accounts
from headrace.books.models import JournalExport
from headrace.books.names import Names
from headrace.ledger.models import Entry, Transfer
from headrace.ledger.queries import current_position

ENTRIES_A_FETCH = 5_000


def export_journal(
    *, organisation: Organisation, starts: date | None, through: date, user: User | None = None
) -> JournalExport:
    """Exports the days from `starts` (None: those not exported yet) through `through`, or finds that export.

    The ranges adjoin: a range that was exported is given again as it was; a new one begins the day after the last.
    What was posted late into days that were exported is in the next export. Raises ValidationError that says with
    which day it would be right.
    """
    with transaction.atomic():
        # One export at a time, so that positions grow with the numbers. Without the key: who posts needn't wait.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        exports = JournalExport.objects.filter(organisation=organisation)
        standing = exports.filter(through=through).first()
        if standing is not None and starts in (None, standing.starts):
            return standing
        last = exports.order_by("number").last()
        begins = first_day(organisation, last)
        return _export(organisation, last, _checked(starts, through, begins, last), through, user)


def first_day(organisation: Organisation, last: JournalExport | None) -> date | None:
    """The day a new export begins with: after the last one, else the first of the ledger; None: nothing is posted."""
    if last is not None:
        return last.through + timedelta(days=1)
    first: date | None = Transfer.objects.filter(organisation=organisation).aggregate(
        first=Min("occurred_on")
    )["first"]
    return first


def _checked(starts: date | None, through: date, begins: date | None, last: JournalExport | None) -> date:
    """The first day of a range that may be exported."""
    if begins is None:
        raise ValidationError(_("Nothing is posted yet, so there is no journal to export."))
    starts = starts or begins
    # Days before the first posting hold nothing, so a first export may begin at any of them.
    if starts != begins and not (last is None and starts < begins):
        raise ValidationError(
            _("The next export begins on %(day)s: exports adjoin, so that each posting is in exactly one.")
            % {"day": begins.isoformat()}
        )
    if through < starts:
        raise ValidationError(
            _("The last day lies before the first one, %(day)s.") % {"day": starts.isoformat()}
        )
    return starts


def _export(
    organisation: Organisation,
    last: JournalExport | None,
    starts: date,
    through: date,
    user: User | None,
) -> JournalExport:
    position = current_position(organisation)
    number = last.number + 1 if last else 1
    entries = entries_between(organisation, last, through, position)
    export = JournalExport.objects.create(
        organisation=organisation,
        number=number,
        starts=starts,
        through=through,
        position=position,
        transfers=entries.values("transfer_id").distinct().count(),
        csv_sha256=files.keep(journal.as_csv(_lines(organisation, entries), number)),
        beancount_sha256=files.keep(journal.as_beancount(_lines(organisation, entries), number)),
        made_by=user,
    )
    audit.record(
        organisation=organisation,
        user=user,
        action="journal.export",
        subject=f"journal:{number}",
        through=through.isoformat(),
        position=position,
    )
    return export


def entries_between(
    organisation: Organisation, last: JournalExport | None, through: date, position: int
) -> QuerySet[Entry]:
    """What occurred up to `through` and was posted up to `position`, less what the last export (and those before) held.

    Days and positions only grow from export to export, so what all of them held is what the last one covers.
    """
    found = Entry.objects.filter(
        organisation=organisation, transfer_id__lte=position, transfer__occurred_on__lte=through
    )
    if last is not None:
        found = found.exclude(Q(transfer_id__lte=last.position) & Q(transfer__occurred_on__lte=last.through))
    return found.order_by("transfer_id", "id")


def _lines(organisation: Organisation, entries: QuerySet[Entry]) -> Iterator[journal.JournalLine]:
    fetched = entries.select_related("transfer", "account").iterator(chunk_size=ENTRIES_A_FETCH)
    return journal.journal_lines(fetched, book_accounts(organisation), Names(organisation))
