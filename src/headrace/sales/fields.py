"""What a file can bring: the kinds, and the fields of each. The one place that names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headrace.partners.models import PersonRole
from headrace.sales import values
from headrace.sales.models import Attribute, Import, SalesLine

Type = Literal["text", "date", "amount", "currency", "choice", "email", "reference"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `refers` names the kind of row a reference points to, `length_max` bounds its text."""

    name: str
    type: Type = "text"
    required: bool = False
    length_max: int = 100
    choices: tuple[str, ...] = ()
    refers: Literal["partner", "person", "product", "customer", ""] = ""

    def maker(self, format: values.Format) -> values.Maker:
        """What makes a text of a file into a value of this field; of a reference, into a code."""
        if self.type == "date":
            return values.day(format.date)
        if self.type == "amount":
            return values.amount_e4(format.decimal, format.thousands)
        if self.type == "choice":
            return values.one_of(self.choices)
        if self.type == "currency":
            return values.currency
        if self.type == "email":
            return values.email
        return values.text(self.length_max)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file; `of` is whose further columns its attributes are, None where it has none."""

    name: Import.Kind
    of: Attribute.Of | None
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


PARTNERS = Kind(
    Import.Kind.PARTNERS,
    Attribute.Of.PARTNER,
    (
        Field("id", required=True),
        Field("name", required=True, length_max=200),
        Field("email", "email"),
        Field("valid_from", "date"),
        Field("valid_to", "date"),
        Field("type"),
        Field("country"),
        Field("region"),
        Field("tier"),
        Field("parent", "reference", refers="partner"),
        Field("distributor", "reference", refers="partner"),
    ),
)
PEOPLE = Kind(
    Import.Kind.PEOPLE,
    Attribute.Of.PERSON,
    (
        Field("id", required=True),
        Field("name", required=True, length_max=200),
        Field("partner", "reference", refers="partner"),
        Field("role", "choice", choices=tuple(PersonRole.values)),
        Field("joined_on", "date"),
        Field("left_on", "date"),
    ),
)
PRODUCTS = Kind(
    Import.Kind.PRODUCTS,
    Attribute.Of.PRODUCT,
    (
        Field("id", required=True),
        Field("name", required=True, length_max=200),
        Field("category"),
        Field("subcategory"),
        Field("brand"),
        Field("list_price", "amount"),
        Field("unit_cost", "amount"),
    ),
)
CUSTOMERS = Kind(
    Import.Kind.CUSTOMERS,
    Attribute.Of.CUSTOMER,
    (Field("id", required=True), Field("name", required=True, length_max=200)),
)
TARGETS = Kind(
    Import.Kind.TARGETS,
    None,
    (
        Field("partner", "reference", refers="partner"),
        Field("person", "reference", refers="person"),
        Field("measure"),
        Field("from", "date", required=True),
        Field("to", "date", required=True),
        Field("value", "amount", required=True),
    ),
)
SALES = Kind(
    Import.Kind.SALES,
    Attribute.Of.SALE,
    (
        Field("id", required=True, length_max=200),
        Field("order_id"),
        Field("partner", "reference", required=True, refers="partner"),
        Field("person", "reference", refers="person"),
        Field("product", "reference", refers="product"),
        Field("customer", "reference", refers="customer"),
        Field("on", "date", required=True),
        Field("currency", "currency"),
        Field("quantity", "amount", required=True),
        Field("net_amount", "amount", required=True),
        Field("list_amount", "amount"),
        Field("unit_cost", "amount"),
        Field("flow", "choice", choices=tuple(SalesLine.Flow.values)),
        Field("serial"),
        Field("returns", length_max=200),
        Field("supersedes", length_max=200),
    ),
)

# In the order in which the files of one delivery are taken in: what others refer to comes first.
KINDS = (PARTNERS, PEOPLE, PRODUCTS, CUSTOMERS, TARGETS, SALES)
KIND = {kind.name.value: kind for kind in KINDS}
