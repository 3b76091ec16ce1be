"""Files that wait for someone to say what their columns mean."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.sales.models.imports import Import, SalesFile


class Draft(models.Model):
    """What was found in a file, and what was chosen so far: kept at every step, so that nothing is lost."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        IMPORTED = "imported", _("Imported")
        LEFT_OUT = "left_out", _("Left out")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(SalesFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # `drafting.found.as_json`, and the keys of the format that a person corrected.
    found = models.JSONField()
    given = models.JSONField(default=dict)
    # `drafting.choices.Choices.as_json`.
    choices = models.JSONField()
    run = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="+")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "sales_draft"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "file"],
                condition=models.Q(state="open"),
                name="one_open_draft_per_file",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def close(self, state: State, run: Import | None = None) -> None:
        """Nothing more is asked; the rows that were shown are in the file, and need not be kept twice."""
        self.state, self.run = state, run
        self.found = {**self.found, "rows": []}
        self.save(update_fields=["state", "run", "found"])
