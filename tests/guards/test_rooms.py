"""What linters of imports can't see: relations between tables, and templates that use templates."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.guards.rooms import LEVELS, SOURCE, may_use

OURS = [model for model in apps.get_models() if model.__module__.startswith("headrace.")]
# Reached by their parents, or above all organisations.
WITHOUT_ORGANISATION = {"base.Organisation", "base.SignInFailure"}
USES = re.compile(r"""{%-?\s*(?:extends|include)\s+["']([a-z_]+)/""")


def relations() -> Iterator[tuple[str, str, str]]:
    for model in OURS:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField) and not field.auto_created:
                target = field.related_model
                if isinstance(target, type) and target.__module__.startswith("headrace."):
                    yield f"{model._meta.label}.{field.name}", model._meta.app_label, target._meta.app_label


def test_relations_run_down_the_order_of_rooms() -> None:
    found = list(relations())
    assert found
    assert [name for name, user, used in found if not may_use(user, used)] == []


def test_templates_use_only_lower_rooms() -> None:
    wrong = []
    for template in SOURCE.rglob("templates/**/*.html"):
        room = template.relative_to(SOURCE).parts[0]
        for used in USES.findall(template.read_text()):
            if used in LEVELS and not may_use(room, used):
                wrong.append(f"{template.relative_to(SOURCE)} uses {used}/")
    assert wrong == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_tables_are_named_and_belong_to_an_organisation(model: type[models.Model]) -> None:
    assert "db_table" in model._meta.original_attrs, "name the table: db_table"
    names = {field.name for field in model._meta.get_fields()}
    assert model._meta.label in WITHOUT_ORGANISATION or "organisation" in names


def test_every_room_says_what_it_owns() -> None:
    for room in LEVELS:
        path = Path(SOURCE / room / "__init__.py")
        assert len(path.read_text().strip().strip('"')) > 20, path
