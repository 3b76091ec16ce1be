"""`import_people`: people of partners and of the brand."""

from datetime import date

import pytest

from headrace.partners.actions import PartnerRow, PersonRow, import_partners, import_people
from headrace.partners.models import Person
from headrace.partners.upsert import Changes


@pytest.fixture
def take(organisation):
    import_partners(organisation=organisation, rows=[PartnerRow("p1", "North")], today=date(2026, 6, 1))

    def take(*rows):
        return import_people(organisation=organisation, rows=rows)

    return take


def test_a_person_is_of_a_partner(take):
    assert take(PersonRow("a", "Anna", "p1", "owner")) == Changes(added=1, changed=0)
    person = Person.objects.get(code="a")
    assert (person.partner.code, person.role) == ("p1", "owner")


def test_a_person_without_a_partner_sells_for_the_brand(take):
    take(PersonRow("a", "Anna"))
    person = Person.objects.get(code="a")
    assert (person.partner, person.role) == (None, "salesperson")


def test_what_is_not_told_stays(take):
    take(PersonRow("a", "Anna", "p1", "owner", joined_on=date(2026, 1, 1), further={"language": "de"}))
    assert take(PersonRow("a", "Anna Berg")) == Changes(added=0, changed=1)
    person = Person.objects.get(code="a")
    assert (person.name, person.partner.code, person.role) == ("Anna Berg", "p1", "owner")
    assert (person.joined_on, person.further) == (date(2026, 1, 1), {"language": "de"})


def test_the_same_again_changes_nothing(take):
    row = PersonRow("a", "Anna", "p1", "owner", further={"language": "de"})
    take(row)
    assert take(row) == Changes(added=0, changed=0)
