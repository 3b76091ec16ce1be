"""A programme and the versions of its document. A version is never edited: a change is a new version."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language

from headrace.base.models import Organisation, User
from headrace.engine import parsing
from headrace.engine import programme as engine
from headrace.engine.terms import Section, sections


@lru_cache(maxsize=256)
def _load(document: str) -> engine.Programme:
    """Reading and checking a document takes milliseconds; its text never changes."""
    return parsing.load(document)


@lru_cache(maxsize=256)
def _terms(document: str, language: str) -> list[Section]:
    return sections(_load(document), language)


class Programme(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes")
    key = models.SlugField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "programmes_programme"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "key"], name="programme_key_once")
        ]

    def __str__(self) -> str:
        return self.key

    @cached_property
    def current(self) -> ProgrammeVersion:
        """The version with the highest number; a programme always has one."""
        return max(self.versions.all(), key=lambda version: version.number)

    @property
    def title(self) -> str:
        return self.current.title

    def is_running(self, day: date) -> bool:
        """Whether `day` lies within the life of the newest version."""
        life = self.current.parsed
        return life.starts <= day and (life.ends is None or day <= life.ends)


class ProgrammeVersion(models.Model):
    """One document as it was launched, kept as text so that it reads as its author wrote it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    launched_at = models.DateTimeField(default=timezone.now)
    launched_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "programmes_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.programme.key} {self.number}"

    @cached_property
    def parsed(self) -> engine.Programme:
        return _load(self.document)

    def terms(self, language: str) -> list[Section]:
        """The document told in plain sentences."""
        return _terms(self.document, language)

    @property
    def title(self) -> str:
        """The title in the reader's language, else in English, else in any, else the key."""
        titles = self.parsed.title
        return (
            titles.get(get_language() or "en")
            or titles.get("en")
            or next(iter(titles.values()), self.parsed.key)
        )
