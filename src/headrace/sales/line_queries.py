"""Sales lines as a list: filtered, and each told whether its customer is new."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    Expression,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from headrace.base.models import Organisation
from headrace.sales.line_forms import EMPTY
from headrace.sales.models import SalesLine

# As `customer.is_new` of a programme has it where the programme says nothing else.
NEW_CUSTOMER_MONTHS = 12


class _MonthsBefore(Func):
    """The day NEW_CUSTOMER_MONTHS before a day."""

    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"date(%(expressions)s, '-{NEW_CUSTOMER_MONTHS} months')"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"CAST(%(expressions)s - INTERVAL '{NEW_CUSTOMER_MONTHS} months' AS date)"
        return self.as_sql(compiler, connection, template=template, **context)


def lines(organisation: Organisation, wanted: Mapping[str, Any]) -> QuerySet[SalesLine]:
    """The lines that a filter asks for, the last reported first.

    Each has `is_new_to_partner` and `is_new`: whether the partner, or anyone, had sold nothing to its customer in
    the twelve months before; None without a customer. Withdrawn lines are left out unless they are wanted.
    """
    found = SalesLine.objects.filter(organisation=organisation)
    if not wanted.get("withdrawn"):
        found = found.filter(withdrawal=None)
    found = found.filter(_asked(wanted), _reported(organisation, wanted)).annotate(
        is_new_to_partner=_new(partner=OuterRef("partner")), is_new=_new()
    )
    if wanted.get("customer") == "new":
        found = found.filter(is_new=True)
    elif wanted.get("customer") == "new_to_partner":
        found = found.filter(is_new_to_partner=True, is_new=False)
    elif wanted.get("customer") == "known":
        found = found.filter(is_new_to_partner=False)
    related = ("partner", "product", "customer", "import_run__source", "withdrawal")
    return found.select_related(*related).order_by("-pk")


def _asked(wanted: Mapping[str, Any]) -> Q:
    asked = Q()
    for name, fields in {"partner": ("partner",), "product": ("product",)}.items():
        if words := wanted.get(name):
            (field,) = fields
            asked &= Q((f"{field}__code__iexact", words)) | Q((f"{field}__name__icontains", words))
    exact = {
        "source": "import_run__source__code",
        "run": "import_run",
        "flow": "flow",
        "first": "on__gte",
        "last": "on__lte",
    }
    for name, lookup in exact.items():
        if wanted.get(name):
            asked &= Q((lookup, wanted[name]))
    return asked


def _reported(organisation: Organisation, wanted: Mapping[str, Any]) -> Q:
    """Those reported on days of the organisation, and those that lack a field."""
    zone = ZoneInfo(organisation.time_zone)
    asked = Q(**EMPTY.get(wanted.get("empty", ""), {}))
    if first := wanted.get("reported_first"):
        asked &= Q(import_run__started_at__gte=datetime.combine(first, time(), zone))
    if last := wanted.get("reported_last"):
        asked &= Q(import_run__started_at__lt=datetime.combine(last + timedelta(days=1), time(), zone))
    return asked


def _new(**of: Expression | OuterRef) -> Case:
    """Whether nobody (`of`: nobody of these) sold to the line's customer in the months before its day."""
    before = SalesLine.objects.filter(
        Q(quantity_e4__gt=0) | Q(net_amount_e4__gt=0),
        customer=OuterRef("customer"),
        on__lt=OuterRef("on"),
        on__gte=_MonthsBefore(OuterRef("on")),
        withdrawal=None,
        **of,
    )
    return Case(
        When(customer=None, then=Value(None)), default=~Exists(before), output_field=BooleanField(null=True)
    )
