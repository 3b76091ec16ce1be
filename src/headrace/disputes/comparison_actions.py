"""Verbs of comparisons: begin one with a file, choose its columns, and open a dispute for some of its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base import audit, files
from headrace.disputes import comparing, reading
from headrace.disputes.actions import Asked, Right, open_dispute
from headrace.disputes.models import Comparison, Dispute
from headrace.earnings.models import Earning
from headrace.earnings.queries import earnings_of_person
from headrace.kernel.period import Period
from headrace.partners.models import Person
from headrace.programmes.models import Programme
from headrace.sales.models import Product, SalesLine

BYTES_MAX = 10 << 20


def begin_comparison(
    *, person: Person, programme: Programme, period: Period, upload: UploadedFile[bytes]
) -> Comparison:
    """Keeps the file and compares it, unless its columns have to be chosen first.

    Raises ValidationError where it is no table, or too large.
    """
    assert person.partner is not None, "only people of partners compare"
    if (upload.size or 0) > BYTES_MAX:
        raise ValidationError(
            _("The file has %(size)s MB; at most %(limit)s MB can be kept.")
            % {"size": -(-(upload.size or 0) // (1 << 20)), "limit": BYTES_MAX >> 20}
        )
    digest = files.keep(upload.chunks())
    _columns, proposed = reading.propose_columns(files.path_of(digest), person.partner)
    with transaction.atomic():
        comparison = Comparison.objects.create(
            organisation=person.organisation,
            partner=person.partner,
            person=person,
            programme=programme,
            period_from=period.starts,
            period_to=period.ends,
            sha256=digest,
            name=(upload.name or "")[-255:],
            columns=proposed,
        )
        audit.record(
            organisation=person.organisation,
            user=person.user,
            action="comparison.begin",
            subject=f"comparison:{comparison.pk}",
        )
    if not reading.missing_fields(proposed):
        work_out(comparison=comparison, columns=proposed)
    return comparison


def work_out(*, comparison: Comparison, columns: Mapping[str, str]) -> None:
    """Compares by these columns (field -> column), in no transaction: nobody waits for the calculation.

    Raises ValidationError where the file can't be read so.
    """
    found = reading.read(files.path_of(comparison.sha256), comparison.partner, columns)
    comparison.columns, comparison.result = dict(columns), comparing.compare(comparison, found)
    comparison.save(update_fields=["columns", "result"])


@transaction.atomic
def dispute_rows(*, comparison: Comparison, facts: Collection[str], words: str = "") -> Dispute:
    """One dispute for the chosen rows; what lines that are said to be wrong bring now is in question.

    Raises ValidationError as `open_dispute`, and where a row is the same on both sides.
    """
    rows = [row for row in (comparison.result or {}).get("rows", []) if row["fact"] in facts]
    if any(row["kind"] == comparing.BOTH for row in rows):
        raise ValidationError(_("A row that is the same on both sides can't be questioned."))
    earning = _earning(comparison)
    lines = SalesLine.objects.in_bulk([row["line"] for row in rows if row["line"]])
    products = Product.objects.in_bulk(
        [row["theirs"]["product_id"] for row in rows if row["theirs"] and row["theirs"]["product_id"]]
    )
    asked = [_asked(comparison, row, lines, products, earning) for row in rows]
    return open_dispute(
        person=comparison.person,
        programme=comparison.programme,
        words=words or _("From the comparison with %(file)s.") % {"file": comparison.name},
        asked=asked,
        earning=earning,
    )


def _earning(comparison: Comparison) -> Earning | None:
    """The earning that the lines are in, where it is one only."""
    found = earnings_of_person(comparison.person).filter(
        programme=comparison.programme,
        corrected_by=None,
        period_from__lte=comparison.period_to,
        period_to__gte=comparison.period_from,
    )
    standing = list(found.exclude(amount_minor=0)[:2])
    return standing[0] if len(standing) == 1 else None


def _asked(
    comparison: Comparison,
    row: Mapping[str, Any],
    lines: Mapping[int, SalesLine],
    products: Mapping[int, Product],
    earning: Earning | None,
) -> Asked:
    brings = row["brings"].get(earning.unit, 0) if earning and row["line"] else 0
    return Asked(
        reason=comparing.reason_of(row),
        line=lines.get(row["line"]),
        questioned_minor=max(0, -brings),
        right=_right(comparison, row, products),
    )


def _right(comparison: Comparison, row: Mapping[str, Any], products: Mapping[int, Product]) -> Right:
    theirs = row["theirs"]
    if theirs is None:
        return Right()
    is_missing = row["kind"] == comparing.THEIRS
    told = set(reading.NEEDED if is_missing else row["differs"])
    return Right(
        product_text=theirs["product"] if "product" in told else "",
        product=products.get(theirs["product_id"]) if "product" in told else None,
        sold_on=date.fromisoformat(theirs["on"]) if "on" in told else None,
        quantity_e4=theirs["quantity_e4"] if "quantity" in told else None,
        net_amount_e4=theirs["net_amount_e4"] if "net_amount" in told else None,
        currency=comparison.organisation.currency if is_missing else "",
        order_id=theirs["order_id"] if is_missing else "",
        serial=theirs["serial"] if is_missing else "",
    )
