"""Partners, what is known of them from which date, and their people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User


class Partner(models.Model):
    """A company that sells for the brand. What changes over time is in its dated attributes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partners")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "partners_partner"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_partner_per_code")
        ]

    def __str__(self) -> str:
        return self.name


class PartnerAttributes(models.Model):
    """What held of a partner from `valid_from` to `valid_to`, both included; empty means open.

    The rows of one partner never overlap, so exactly one or none holds on any date.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="attributes")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    type = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    tier = models.CharField(max_length=100, blank=True, default="")
    parent = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    distributor = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    # Further columns as text, as they were imported; sales.Attribute says which are numbers.
    further = models.JSONField(default=dict)

    class Meta:
        db_table = "partners_attributes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["partner", "valid_from"], name="one_row_of_attributes_per_date"),
            models.UniqueConstraint(
                fields=["partner"], condition=models.Q(valid_from=None), name="one_first_row_of_attributes"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_from__lte=models.F("valid_to")),
                name="attributes_end_after_they_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.valid_from or '…'} – {self.valid_to or '…'}"


class PersonRole(models.TextChoices):
    """What a person is at the partner."""

    OWNER = "owner", _("Owner")
    SALESPERSON = "salesperson", _("Salesperson")


class Person(models.Model):
    """Someone who sells or owns: of a partner, or, without one, of the brand's own sales staff."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="people")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=PersonRole.choices, default=PersonRole.SALESPERSON)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="person")
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    further = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "partners_person"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_person_per_code")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_owner(self) -> bool:
        """An owner sees all of its partner; anyone else only what is their own."""
        return self.role == PersonRole.OWNER
