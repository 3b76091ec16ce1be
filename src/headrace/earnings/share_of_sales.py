"""What a programme costs beside the sales that it counted."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from headrace.base import files, formats
from headrace.earnings import results
from headrace.earnings.governing import reigns
from headrace.earnings.models import Run
from headrace.programmes.models import Programme


@dataclass(frozen=True)
class ShareOfSales:
    """The cost of a run in its programme's currency, and the net sales in that currency that earned it."""

    cost: Decimal
    sales: Decimal

    @property
    def ratio(self) -> Decimal:
        return self.cost / self.sales


def of_programme(programme: Programme) -> ShareOfSales | None:
    """By the newest published run of everyone; None where there is none, or where cost or sales are of another kind.

    A programme that pays points, or counts sales in several currencies, has no such share without a rate.
    """
    runs = programme.runs.filter(published_at__isnull=False, scope=None).select_related("snapshot")
    run = runs.order_by("-pk").first()
    if run is None or "sales" not in run.snapshot.manifest:
        return None
    currency = programme.current.parsed.currency
    rows = _rows(run, programme)
    if any(row.unit != currency for row in rows):
        return None
    counted: set[str] = set()
    for number, digest in run.results.items():
        counted |= _facts(digest, frozenset(row.earning for row in rows if row.version == int(number)))
    sales = _net_amount(run.snapshot.manifest["sales"]["sha256"], currency, frozenset(counted))
    if not sales:
        return None
    cost = formats.from_minor(sum(row.amount_minor for row in rows), currency)
    return ShareOfSales(cost, sales)


def _rows(run: Run, programme: Programme) -> list[results.Row]:
    """The earnings of the run, each from the version that governs it."""
    versions = sorted(
        (version for version in programme.versions.all() if str(version.number) in run.results),
        key=lambda version: version.number,
    )
    governing = reigns([version.parsed for version in versions])
    by_number = {version.number: reign for version, reign in zip(versions, governing, strict=True)}
    return list(results.governed(run, by_number))


# What is read here never changes under its hash; one page asks for it anew at each visit.
@lru_cache(maxsize=64)
def _facts(digest: str, earnings: frozenset[str]) -> frozenset[str]:
    """The facts that brought something to one of the earnings."""
    shares = pq.read_table(results.folder_of(digest) / "shares.parquet", columns=["earning", "fact"])
    is_theirs = pc.is_in(shares["earning"], pa.array(sorted(earnings), pa.string()))
    return frozenset(shares.filter(is_theirs)["fact"].to_pylist())


@lru_cache(maxsize=64)
def _net_amount(digest: str, currency: str, facts: frozenset[str]) -> Decimal | None:
    """The net amount of the facts; None where one is in another currency."""
    sales = pq.read_table(files.path_of(digest), columns=["id", "currency", "net_amount"])
    counted = sales.filter(pc.is_in(sales["id"], pa.array(sorted(facts), pa.string())))
    if counted["currency"].unique().to_pylist() != [currency]:
        return None
    return Decimal(str(pc.sum(counted["net_amount"]).as_py()))
