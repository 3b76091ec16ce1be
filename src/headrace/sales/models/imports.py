"""Where files come from, how they are read, and what was imported."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User


class Source(models.Model):
    """Where files come from: a distributor, a till system, the brand's own accounts."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "sales_source"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_source_per_code")
        ]

    def __str__(self) -> str:
        return self.name


class MappingDocument(models.Model):
    """One version of a mapping, as it was written. A change is a new version."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    text = models.TextField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "sales_mapping_document"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "name", "version"], name="one_mapping_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class SalesFile(models.Model):
    """Bytes that were received; base.files keeps them by their hash."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    name = models.CharField(max_length=255)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "sales_file"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="one_file_per_hash")
        ]

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """One file taken in by one mapping: whole, or refused whole."""

    class Kind(models.TextChoices):
        PARTNERS = "partners", _("Partners")
        PEOPLE = "people", _("People")
        PRODUCTS = "products", _("Products")
        CUSTOMERS = "customers", _("Customers")
        TARGETS = "targets", _("Targets")
        SALES = "sales", _("Sales lines")

    class State(models.TextChoices):
        IMPORTED = "imported", _("Imported")
        REFUSED = "refused", _("Refused")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(SalesFile, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    mapping = models.ForeignKey(MappingDocument, on_delete=models.PROTECT, related_name="+")
    # Empty where a file was refused before it was clear what it brings.
    kind = models.CharField(max_length=20, choices=Kind.choices, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices)
    # The reason and its figures where the file was refused, else null.
    problem = models.JSONField(null=True)
    # Rows of this import were taken in anew, with other cells where `changes` has them: {row: {column: cell}}.
    replays = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replayed_by")
    changes = models.JSONField(default=dict)
    # The names of the file's columns, so that its rejects can be written as they came.
    columns = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    # Of sales, by `counting`: cells of mapped fields; those that are empty, in all and by field; names of partners,
    # people, products and customers; those that nobody knew. Duplicates and uneven rows are left out.
    cells = models.PositiveBigIntegerField(default=0)
    cells_empty = models.PositiveBigIntegerField(default=0)
    empty = models.JSONField(default=dict)
    names = models.PositiveBigIntegerField(default=0)
    names_unknown = models.PositiveBigIntegerField(default=0)
    # Rows that came before came again, repaired or as they were: their source is judged by how they came first.
    is_again = models.BooleanField(default=False)
    # Of the accepted rows of partners, people, products and customers: those that brought something.
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    # All of its lines were taken back, and its file may be imported anew.
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "sales_import"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "-started_at"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(rows=models.F("accepted") + models.F("rejected") + models.F("duplicates")),
                name="rows_are_accepted_rejected_or_duplicates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.pk})"


class RejectSet(models.QuerySet["Reject"]):
    """Rejects, and which of them wait for repair."""

    def wrong(self) -> RejectSet:
        """Those that have something wrong: no duplicates."""
        return self.filter(is_duplicate=False)

    def waiting(self) -> RejectSet:
        """Those to be repaired: wrong, not sent again yet, and of an import that holds."""
        return self.wrong().filter(repair=None, import_run__withdrawn_at=None)


class Reject(models.Model):
    """A row that was not taken in: its cells as they came and every reason. Never changed.

    A duplicate says what is known already: it is kept, but there is nothing to repair.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="rejects", db_index=False)
    row_number = models.PositiveIntegerField()
    cells = models.JSONField()
    # A list of {column, value, reason, params}.
    problems = models.JSONField()
    is_duplicate = models.BooleanField(default=False, db_default=False)

    objects = RejectSet.as_manager()

    class Meta:
        db_table = "sales_reject"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["import_run", "row_number"], name="one_reject_per_row")
        ]

    def __str__(self) -> str:
        return f"{self.import_run_id}-{self.row_number}"


class Repair(models.Model):
    """A reject that was sent again: the row that took its place, accepted or rejected anew."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reject = models.OneToOneField(Reject, on_delete=models.PROTECT, related_name="repair")
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="repairs")
    row_number = models.PositiveIntegerField()
    accepted = models.BooleanField()

    class Meta:
        db_table = "sales_repair"

    def __str__(self) -> str:
        return f"{self.reject}: {self.import_run_id}-{self.row_number}"
