"""What every test may ask for: databases, the cast, and a ledger that is checked afterwards."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker
from tests import databases
from tests.databases import OwnDatabase

# No test is a matter of time. The same examples in every run, so that a red one can be run again; new ones are
# sought by tests/fuzz_backends.py.
hypothesis.settings.register_profile(
    "headrace",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("headrace")

PASSWORD = "correct horse battery"
DATABASE_FIXTURES = {"database", "own_database", "db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what touches a database: the rest needs to run on one of them only."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if names & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")


def pytest_unconfigure() -> None:
    shutil.rmtree(django_settings.HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The migrated test database. pytest-django's own makes none for tests that ask for `own_database` only."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards() -> Iterator[None]:
    """Tests with `transactional_db` or `live_server` end in a flush, which append-only tables refuse."""
    flush = TransactionTestCase._fixture_teardown

    def lifted(case: TransactionTestCase) -> None:
        with databases.guards_lifted():
            flush(case)

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", lifted):
        yield


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path, settings: Any
) -> Iterator[OwnDatabase]:
    """A database of this test alone: commits are real, threads and child processes work on it too."""
    settings.FILES_ROOT = tmp_path / "home" / "files"
    with django_db_blocker.unblock(), databases.own_database(tmp_path / "home") as own:
        yield own


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """The test's own database where it asks for one, else the common one in a transaction that is rolled back."""
    request.getfixturevalue("own_database" if "own_database" in request.fixturenames else "db")


def _uses_database(request: pytest.FixtureRequest) -> bool:
    marked = request.node.get_closest_marker("django_db") is not None
    return marked or not DATABASE_FIXTURES.isdisjoint(request.fixturenames)


@pytest.fixture(autouse=True)
def _ledger_holds(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test on a database, all that must hold in the ledger is read again."""
    if not _uses_database(request):
        yield
        return
    request.getfixturevalue("database")  # set up before this one, so taken down after it
    yield
    if not request.node.get_closest_marker("broken_ledger"):
        from headrace.base.models import Organisation
        from headrace.ledger.invariants import violations

        assert [
            found for organisation in Organisation.objects.all() for found in violations(organisation)
        ] == []


# The cast: the same people in every test. Rooms above `base` add what they need, by fixtures on top of these.


@pytest.fixture
def organisation(database: None) -> Any:
    """The brand whose programmes run."""
    from headrace.base.models import Organisation

    return Organisation.objects.create(code="acme", name="Acme", currency="EUR", time_zone="Europe/Berlin")


@pytest.fixture
def other_organisation(database: None) -> Any:
    """Another brand in the same installation; must never see the first one's data."""
    from headrace.base.models import Organisation

    return Organisation.objects.create(code="globex", name="Globex", currency="USD")


def _person(organisation: Any, email: str, name: str, role: str | None = None) -> Any:
    from headrace.base.models import RoleGrant, User

    user = User.objects.create_user(email, PASSWORD, name=name, organisation=organisation)
    if role:
        RoleGrant.objects.create(organisation=organisation, user=user, role=role)
    return user


@pytest.fixture
def channel_manager(organisation: Any) -> Any:
    """Runs the programmes at the brand."""
    return _person(organisation, "manager@acme.example", "Maria Manager", "channel_manager")


@pytest.fixture
def approver(organisation: Any) -> Any:
    """Finance at the brand: has the last word where money goes out."""
    return _person(organisation, "approver@acme.example", "Anton Approver", "approver")


@pytest.fixture
def partner_owner(organisation: Any) -> Any:
    """Owns the partner that most tests are about; holds no role at the brand."""
    return _person(organisation, "owner@north.example", "Olga Owner")


@pytest.fixture
def rival(organisation: Any) -> Any:
    """Owns another partner of the same brand; must get 404 wherever the first one's data is."""
    return _person(organisation, "owner@south.example", "Rita Rival")


@pytest.fixture
def outsider(other_organisation: Any) -> Any:
    """A channel manager, but of the other brand."""
    return _person(other_organisation, "manager@globex.example", "Otto Outsider", "channel_manager")


@pytest.fixture(scope="session")
def adventureworks_files() -> Path:
    """Where the AdventureWorks files lie: beside the repository, or where HEADRACE_SHARED says."""
    shared = Path(os.environ.get("HEADRACE_SHARED", Path(__file__).parent.parent / "shared"))
    folder = shared / "data" / "adventureworks"
    if not folder.is_dir():
        pytest.skip(f"no AdventureWorks files in {folder}")
    return folder
