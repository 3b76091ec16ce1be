"""Codes of a file made into the rows they name: found, or reported, or made where the mapping says so."""

from __future__ import annotations

from django.db import models

from headrace.base.models import Organisation
from headrace.partners.models import Partner, Person
from headrace.partners.upsert import by_code, chunks
from headrace.sales.convert import Batch
from headrace.sales.mapping import FileEntry
from headrace.sales.models import Customer, Product

MODELS: dict[str, type[models.Model]] = {
    "partner": Partner,
    "person": Person,
    "product": Product,
    "customer": Customer,
}


class References:
    """The references of one file, each code looked up once.

    `keys` maps the name of a field to code -> key; a code that is made only for good rows comes in by `make`.
    """

    def __init__(self, organisation: Organisation, entry: FileEntry) -> None:
        assert entry.kind is not None
        self.organisation = organisation
        self.refers = {
            field.name: field.refers
            for field in entry.kind.fields
            if field.refers and field.name in entry.columns
        }
        self.made = {name for name in self.refers if entry.columns[name].unknown == "create"}
        self.keys: dict[str, dict[str, int]] = {name: {} for name in self.refers}

    def find(self, batch: Batch) -> None:
        """Looks the codes of a batch up and notes those that nobody knows."""
        for name, refers in self.refers.items():
            codes, keys = batch.fields[name], self.keys[name]
            self._look_up(name, {code for code in codes if code is not None and code not in keys})
            if name in self.made:
                continue
            for index, code in enumerate(codes):
                if code is not None and code not in keys:
                    batch.note(index, name, f"unknown_{refers}")

    def make(self, batch: Batch, good: list[int]) -> None:
        """Makes what good rows name and nobody knows, where the mapping says `unknown: create`."""
        for name in self.made:
            codes, keys = batch.fields[name], self.keys[name]
            told = dict.fromkeys(codes[index] for index in good)
            new = [code for code in told if code is not None and code not in keys]
            model = MODELS[self.refers[name]]
            rows = [model(organisation=self.organisation, code=code, name=code) for code in new]
            model._default_manager.bulk_create(rows, batch_size=500)
            self._look_up(name, set(new))

    def _look_up(self, name: str, codes: set[str]) -> None:
        model = MODELS[self.refers[name]]
        for chunk in chunks(codes):
            found = model._default_manager.filter(organisation=self.organisation, code__in=chunk)
            self.keys[name].update(found.values_list("code", "pk"))


def known_codes(organisation: Organisation, refers: str, codes: set[str]) -> set[str]:
    return set(by_code(MODELS[refers], organisation, codes))
