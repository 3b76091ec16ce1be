"""What sales lines brought, before they are withdrawn: as far as the last published runs of everyone know."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from headrace.base.models import Organisation
from headrace.earnings import results
from headrace.earnings.models import Run
from headrace.earnings.queries import Total
from headrace.earnings.share_of_sales import governed_rows
from headrace.programmes.models import Programme


@dataclass(frozen=True)
class Brought:
    """How many earnings of a programme the lines have a share in, and what these shares come to."""

    programme: Programme
    earnings: int
    totals: list[Total]


def brought_by(organisation: Organisation, lines: Collection[str]) -> list[Brought]:
    """For each programme that the lines (by their ids) earned something in, by its key.

    A share is the part of an earning that a line brought. Where a withdrawal takes a band away, more is taken back
    than the shares come to.
    """
    found = []
    for programme in organisation.programmes.prefetch_related("versions").order_by("key"):
        run = programme.runs.filter(published_at__isnull=False, scope__isnull=True).order_by("-pk").first()
        if run is None:
            continue
        shares = _shares(run, programme, pa.array(sorted(lines), pa.string()))
        if shares:
            totals: Counter[str] = Counter()
            for _earning, unit, minor in shares:
                totals[unit] += minor
            listed = [Total(unit, minor) for unit, minor in totals.most_common() if minor]
            found.append(Brought(programme, len(shares), listed))
    return found


def _shares(run: Run, programme: Programme, lines: pa.Array) -> list[tuple[str, str, int]]:
    """(earning, unit, minor units that the lines brought to it) of each earning that they have a share in."""
    units: dict[int, dict[str, str]] = {}
    for row in governed_rows(run, programme):
        units.setdefault(row.version, {})[row.earning] = row.unit
    found: list[tuple[str, str, int]] = []
    for number, digest in run.results.items():
        unit_of = units.get(int(number), {})
        shares = pq.read_table(
            results.folder_of(digest) / "shares.parquet",
            columns=["earning", "share_minor"],
            filters=pc.is_in(pc.field("fact"), value_set=lines),
        )
        sums = shares.group_by("earning").aggregate([("share_minor", "sum")])
        found += [
            (row["earning"], unit_of[row["earning"]], row["share_minor_sum"])
            for row in sums.to_pylist()
            if row["earning"] in unit_of
        ]
    return found
