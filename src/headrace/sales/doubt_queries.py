"""Reads of doubts: what waits for a person, what was settled, and how two lines differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.functional import Promise

from headrace.base import formats
from headrace.base.models import Organisation
from headrace.sales.doubt_reasons import REASONS
from headrace.sales.models import Doubt, SalesLine

LINES = tuple(
    f"{line}__{of}"
    for line in ("earlier", "later")
    for of in ("partner", "product", "customer", "import_run")
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A field of both lines as a person reads it."""

    name: str
    earlier: str
    later: str

    @property
    def differs(self) -> bool:
        return self.earlier != self.later


@dataclass(frozen=True, slots=True)
class ToldDoubt:
    """A doubt as a person reads it."""

    doubt: Doubt
    reasons: list[Promise]
    fields: list[Compared]

    @property
    def is_about_return(self) -> bool:
        return self.doubt.kind in (Doubt.Kind.RETURN, Doubt.Kind.EXCESS)


def doubts(organisation: Organisation, *, kind: str = "", settled: bool = False) -> QuerySet[Doubt]:
    """What waits, the likeliest first; or what was settled, the latest first."""
    found = Doubt.objects.filter(organisation=organisation).select_related(*LINES, "decided_by")
    if kind:
        found = found.filter(kind=kind)
    if settled:
        return found.exclude(state=Doubt.State.OPEN).order_by("-decided_at", "-pk")
    return found.waiting().order_by("-score", "pk")


def waiting_by_kind(organisation: Organisation) -> dict[str, int]:
    counted = Doubt.objects.filter(organisation=organisation).waiting().values_list("kind")
    return dict(counted.annotate(Count("pk")).order_by())


def told_doubts(found: Iterable[Doubt]) -> list[ToldDoubt]:
    return [
        ToldDoubt(doubt, [REASONS[code] for code in doubt.reasons], _compared(doubt.earlier, doubt.later))
        for doubt in found
    ]


def _compared(earlier: SalesLine, later: SalesLine) -> list[Compared]:
    """Field by field what both say; of what neither says nothing."""
    pairs = zip(_told(earlier), _told(later), strict=True)
    return [Compared(name, one, other) for (name, one), (_name, other) in pairs if one or other]


def _told(line: SalesLine) -> list[tuple[str, str]]:
    return [
        ("file", f"{line.import_run.file_name} · {line.row_number}"),
        ("id", line.external_id),
        ("order", line.order_id),
        ("partner", line.partner.name),
        ("customer", line.customer.name if line.customer else ""),
        ("product", line.product.name if line.product else ""),
        ("serial", line.serial),
        ("on", formats.day(line.on)),
        ("quantity", formats.number(formats.from_e4(line.quantity_e4))),
        ("net_amount", formats.amount(formats.from_e4(line.net_amount_e4), line.currency)),
        ("flow", line.get_flow_display()),
    ]
