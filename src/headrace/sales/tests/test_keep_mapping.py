"""`keep_mapping`: a document is kept, a changed one is a new version."""

import pytest

from headrace.base.models import AuditEvent
from headrace.sales import actions
from headrace.sales.mapping import MappingError
from headrace.sales.models import MappingDocument
from headrace.sales.tests.conftest import MAPPING


def test_a_changed_text_is_a_new_version(organisation, channel_manager):
    first = actions.keep_mapping(organisation=organisation, text=MAPPING, user=channel_manager)
    assert actions.keep_mapping(organisation=organisation, text=MAPPING) == first
    second = actions.keep_mapping(organisation=organisation, text=MAPPING + "# changed\n")
    assert [(first.version, str(first)), (second.version, second.text)] == [
        (1, "north 1"),
        (2, MAPPING + "# changed\n"),
    ]
    assert (first.added_by, AuditEvent.objects.filter(action="mapping.keep").count()) == (channel_manager, 2)


def test_a_wrong_document_is_not_kept(organisation):
    with pytest.raises(MappingError):
        actions.keep_mapping(organisation=organisation, text="mapping: north")
    assert not MappingDocument.objects.exists()
