"""Who and what the opaque texts of the ledger are: an owner's partner and person, a programme's title."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from headrace.base.models import Organisation
from headrace.partners.models import Partner, Person
from headrace.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an account is. Without a partner it is somebody else's, as a tax office's ("tax:DE")."""

    text: str
    partner_code: str = ""
    partner_name: str = ""
    person_name: str = ""

    @property
    def name(self) -> str:
        return self.partner_name or self.text


class Names:
    """The names of one organisation, each kind read once and only when it is asked for."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        """Owner text ("programme:4") -> programme."""
        found = Programme.objects.filter(organisation=self.organisation).prefetch_related("versions")
        return {f"programme:{programme.pk}": programme for programme in found.order_by("key")}

    @cached_property
    def _partners(self) -> dict[int, tuple[str, str]]:
        found = Partner.objects.filter(organisation=self.organisation)
        return {pk: (code, name) for pk, code, name in found.values_list("pk", "code", "name")}

    @cached_property
    def _people(self) -> dict[int, tuple[str, int | None]]:
        found = Person.objects.filter(organisation=self.organisation)
        return {pk: (name, partner) for pk, name, partner in found.values_list("pk", "name", "partner_id")}

    def programme_key(self, text: str) -> str:
        """The key of a programme; a text that names none is given as it is."""
        programme = self.programmes.get(text)
        return programme.key if programme else text

    def programme_title(self, text: str) -> str:
        programme = self.programmes.get(text)
        return programme.title if programme else text

    def owner(self, text: str) -> Owner:
        """Who it is; an owner that is neither a partner nor a person is told as it is."""
        kind, _, key = text.partition(":")
        number = int(key) if key.isdecimal() else 0
        if kind == "partner" and number in self._partners:
            return Owner(text, *self._partners[number])
        if kind == "person" and number in self._people:
            name, partner = self._people[number]
            code, partner_name = self._partners.get(partner or 0, ("", ""))
            return Owner(text, code, partner_name, name)
        return Owner(text)


def owners_of(partner: Partner) -> list[str]:
    """The owners of the accounts of a partner: itself and its people."""
    people = Person.objects.filter(partner=partner).order_by("pk").values_list("pk", flat=True)
    return [f"partner:{partner.pk}", *(f"person:{pk}" for pk in people)]
