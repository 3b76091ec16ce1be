"""`import_partners`: new partners, and what changed of known ones from which date."""

from datetime import date

import pytest

from headrace.base.models import AuditEvent
from headrace.partners.actions import PartnerRow, import_partners
from headrace.partners.models import Partner, PartnerAttributes
from headrace.partners.upsert import Changes

TODAY = date(2026, 6, 1)


def held(code):
    """(from, to, tier) of a partner, in the order of time."""
    rows = PartnerAttributes.objects.filter(partner__code=code)
    return sorted(
        ((row.valid_from, row.valid_to, row.tier) for row in rows), key=lambda row: row[0] or date.min
    )


@pytest.fixture
def take(organisation):
    def take(*rows, today=TODAY):
        return import_partners(organisation=organisation, rows=rows, today=today)

    return take


def test_a_new_partner_holds_since_always(take):
    assert take(PartnerRow("p1", "North", attributes={"tier": "silver"})) == Changes(added=1, changed=0)
    assert held("p1") == [(None, None, "silver")]


def test_a_change_holds_from_today(take):
    take(PartnerRow("p1", "North", attributes={"tier": "silver"}))
    assert take(PartnerRow("p1", "North", attributes={"tier": "gold"})) == Changes(added=0, changed=1)
    assert held("p1") == [(None, date(2026, 5, 31), "silver"), (TODAY, None, "gold")]


def test_the_same_again_changes_nothing(take):
    row = PartnerRow("p1", "North", attributes={"tier": "silver"}, further={"city": "Ulm"})
    take(row)
    before = list(PartnerAttributes.objects.values())
    assert take(row) == Changes(added=0, changed=0)
    assert list(PartnerAttributes.objects.values()) == before


def test_two_changes_on_one_day_leave_the_last(take):
    take(PartnerRow("p1", "North", attributes={"tier": "silver"}))
    take(PartnerRow("p1", "North", attributes={"tier": "gold"}))
    take(PartnerRow("p1", "North", attributes={"tier": "platinum"}))
    assert held("p1") == [(None, date(2026, 5, 31), "silver"), (TODAY, None, "platinum")]


def test_what_a_file_has_no_column_for_stays(take):
    take(PartnerRow("p1", "North", "a@north.example", attributes={"tier": "gold"}, further={"city": "Ulm"}))
    take(PartnerRow("p1", "North", attributes={"country": "DE"}, further={"size": "L"}))
    row = PartnerAttributes.objects.get(partner__code="p1", valid_to=None)
    assert (row.tier, row.country, row.further) == ("gold", "DE", {"city": "Ulm", "size": "L"})
    assert row.partner.email == "a@north.example"


def test_a_history_may_come_in_any_order(take):
    take(
        PartnerRow("p1", "North", valid_from=date(2026, 3, 1), attributes={"tier": "gold"}),
        PartnerRow("p1", "North", valid_from=date(2026, 1, 1), attributes={"tier": "silver"}),
    )
    assert held("p1") == [
        (date(2026, 1, 1), date(2026, 2, 28), "silver"),
        (date(2026, 3, 1), None, "gold"),
    ]


def test_a_parent_may_come_after_its_child(take):
    take(PartnerRow("child", "Child", attributes={"parent": "head"}), PartnerRow("head", "Head"))
    assert PartnerAttributes.objects.get(partner__code="child").parent == Partner.objects.get(code="head")


def test_a_new_name_is_a_change(take):
    take(PartnerRow("p1", "North"))
    assert take(PartnerRow("p1", "North Ltd", "a@north.example")) == Changes(added=0, changed=1)
    partner = Partner.objects.get(code="p1")
    assert (partner.name, partner.email) == ("North Ltd", "a@north.example")


def test_the_same_code_at_another_brand_is_another_partner(take, other_organisation):
    take(PartnerRow("p1", "North"))
    import_partners(organisation=other_organisation, rows=[PartnerRow("p1", "South")], today=TODAY)
    assert sorted(Partner.objects.values_list("name", flat=True)) == ["North", "South"]


def test_it_is_told_in_the_audit_trail(take, organisation):
    take(PartnerRow("p1", "North"))
    event = AuditEvent.objects.get(organisation=organisation, action="partner.import")
    assert event.details == {"added": 1, "changed": 0}
