"""Texts that nobody knows, and what people decided they mean."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, Person
from headrace.sales.models.catalogue import Customer, Product
from headrace.sales.models.imports import Import, Reject, Source

TEXT_LENGTH_MAX = 200


class Meant(models.TextChoices):
    """What a text of a file may mean."""

    PARTNER = "partner", _("Partner")
    PRODUCT = "product", _("Product")
    CUSTOMER = "customer", _("Customer")
    PERSON = "person", _("Person")


class Alias(models.Model):
    """What a text means: a partner, a product, a customer, a person; or, with none of them, that it is not ours.

    It holds for one source, or without one for all, until it is withdrawn. `key` is the text's letters and digits
    (`matching.names.alias_key`): however it is written, it is one text. `by_writing`: it was the same as what it means
    but for its writing, and the system took it by itself. Else someone decided; by a command, `decided_by` is null.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Meant.choices)
    text = models.CharField(max_length=TEXT_LENGTH_MAX)
    key = models.CharField(max_length=TEXT_LENGTH_MAX)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # As it was proposed: 0 to 100 and {reason, params}; null where a person chose without a proposal.
    score = models.PositiveSmallIntegerField(null=True)
    reason = models.JSONField(null=True)
    by_writing = models.BooleanField(default=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sales_alias"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "kind", "key"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "organisation", Coalesce("source", 0), "kind", "key",
                condition=models.Q(withdrawn_at=None),
                name="one_meaning_per_text",
            ),
            models.CheckConstraint(
                condition=models.Q(partner=None) | models.Q(kind=Meant.PARTNER), name="alias_of_partner"
            ),
            models.CheckConstraint(
                condition=models.Q(product=None) | models.Q(kind=Meant.PRODUCT), name="alias_of_product"
            ),
            models.CheckConstraint(
                condition=models.Q(customer=None) | models.Q(kind=Meant.CUSTOMER), name="alias_of_customer"
            ),
            models.CheckConstraint(
                condition=models.Q(person=None) | models.Q(kind=Meant.PERSON), name="alias_of_person"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text

    @property
    def target_id(self) -> int | None:
        """The key of what the text means; None where it is not ours."""
        target: int | None = getattr(self, f"{self.kind}_id")
        return target

    @property
    def target(self) -> Partner | Product | Customer | Person | None:
        found: Partner | Product | Customer | Person | None = getattr(self, self.kind)
        return found


class AliasUse(models.Model):
    """How many lines of an import an alias brought. Which they are, they say themselves (`SalesLine.matched`)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    alias = models.ForeignKey(Alias, on_delete=models.PROTECT, related_name="uses")
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+")
    lines = models.PositiveIntegerField()

    class Meta:
        db_table = "sales_alias_use"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alias", "import_run"], name="one_use_per_import")
        ]

    def __str__(self) -> str:
        return f"{self.alias}: {self.import_run_id}"


class UnknownText(models.Model):
    """A text of a source that names nothing known, and what it most likely means.

    It waits for a decision as long as a rejected row with it is open and no alias says what it means.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Meant.choices)
    key = models.CharField(max_length=TEXT_LENGTH_MAX)
    # As it came first.
    text = models.CharField(max_length=TEXT_LENGTH_MAX)
    # A list of {pk, code, name, score, reason, params}, the best first; null as long as nobody has looked.
    proposals = models.JSONField(null=True)
    # Of the best; 0 where there is none.
    score = models.PositiveSmallIntegerField(default=0)
    # Among what was looked (`Matcher.among`): as long as that is the same, looking again finds the same.
    looked_among = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        db_table = "sales_unknown_text"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "source", "kind", "key"], name="one_unknown_text_per_source"
            )
        ]

    def __str__(self) -> str:
        return self.text

    def propose(self, proposals: list[dict[str, Any]] | None, among: str) -> None:
        self.proposals = proposals
        self.looked_among = "" if proposals is None else among
        self.score = proposals[0]["score"] if proposals else 0


class UnknownRow(models.Model):
    """A rejected row that has an unknown text, with the amount that waits for it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unknown = models.ForeignKey(UnknownText, on_delete=models.PROTECT, related_name="rows")
    reject = models.ForeignKey(Reject, on_delete=models.PROTECT, related_name="unknown_texts")
    # How many there are in the row: it can be taken in once as many of its texts are known.
    problems = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    # Null where the row's amount can't be read either.
    net_amount_e4 = models.BigIntegerField(null=True)

    class Meta:
        db_table = "sales_unknown_row"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["reject", "unknown"], name="one_row_per_unknown_text")
        ]

    def __str__(self) -> str:
        return f"{self.unknown}: {self.reject}"
