"""The cast: a brand and its channel manager."""

import pytest

from headrace.base.models import Organisation, Role, RoleGrant, User

PASSWORD = "water over the wheel"


@pytest.fixture
def brand(db: None) -> Organisation:
    return Organisation.objects.create(code="millwright", name="Millwright", currency="EUR")


@pytest.fixture
def giulia(brand: Organisation) -> User:
    """The channel manager."""
    user = User.objects.create_user(
        "giulia@millwright.example", PASSWORD, name="Giulia Rossi", organisation=brand, language="it"
    )
    RoleGrant.objects.create(organisation=brand, user=user, role=Role.CHANNEL_MANAGER)
    return user


@pytest.fixture
def paul(brand: Organisation) -> User:
    """Signs in, but holds no role."""
    return User.objects.create_user(
        "paul@kappler.example", PASSWORD, name="Paul Kappler", organisation=brand, language="de"
    )
