"""Files that were handed over to be imported by one mapping, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Job, Organisation, User
from headrace.sales.models.drafts import Draft
from headrace.sales.models.imports import Import, MappingDocument, SalesFile


class Result(models.TextChoices):
    """What may become of a file."""

    IMPORTED = "imported", _("imported")
    REFUSED = "refused", _("refused")
    ALREADY_IMPORTED = "already_imported", _("already imported")
    SKIPPED = "skipped", _("skipped")


class Delivery(models.Model):
    """Files to be imported together by one mapping, in the order that they need; a job does it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    mapping = models.ForeignKey(MappingDocument, on_delete=models.PROTECT, related_name="+")
    # What is closed when its file is imported.
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, related_name="deliveries")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sales_delivery"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(finished_at=None),
                name="deliveries_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class DeliveredFile(models.Model):
    """One file of a delivery. Its result is written with what it brought, in one transaction: so it is taken once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(SalesFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    # Empty until something became of it.
    result = models.CharField(max_length=20, choices=Result.choices, blank=True, default="")
    run = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="+")
    # What the mapping says of a file that is skipped.
    skipped = models.TextField(blank=True, default="")

    class Meta:
        db_table = "sales_delivered_file"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "file"], name="one_place_of_a_file_in_a_delivery")
        ]

    def __str__(self) -> str:
        return self.file_name
