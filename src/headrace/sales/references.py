"""Codes of a file made into the rows they name: found, or reported, or made where the mapping says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headrace.base.models import Organisation
from headrace.partners.upsert import by_code
from headrace.sales import bulk
from headrace.sales.convert import Batch
from headrace.sales.mapping import FileEntry
from headrace.sales.matcher import MODELS, Matcher, Meaning, known_by_code


class References:
    """The references of one file, each text looked up once.

    `keys` maps the name of a field to text -> key; a code that is made only for good rows comes in by `make`.
    `meanings` maps it to text -> what a `matcher` found it to mean; without one only exact codes are known.
    """

    def __init__(self, organisation: Organisation, entry: FileEntry, matcher: Matcher | None = None) -> None:
        assert entry.kind is not None
        self.organisation = organisation
        self.matcher = matcher
        self.refers = {
            field.name: field.refers
            for field in entry.kind.fields
            if field.refers and field.name in entry.columns
        }
        self.made = {name for name in self.refers if entry.columns[name].unknown == "create"}
        self.keys: dict[str, dict[str, int]] = {name: {} for name in self.refers}
        self.meanings: dict[str, dict[str, Meaning]] = {name: {} for name in self.refers}
        # Texts that nobody knows, with the figures of the reason.
        self.unknown: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in self.refers}

    def find(self, batch: Batch) -> None:
        """Looks the texts of a batch up and notes those that nobody knows."""
        for name, refers in self.refers.items():
            codes, keys, unknown = batch.fields[name], self.keys[name], self.unknown[name]
            told = dict.fromkeys(code for code in codes if code is not None)
            self._look_up(name, [code for code in told if code not in keys and code not in unknown])
            if name in self.made or unknown.keys().isdisjoint(told):
                continue
            for index, code in enumerate(codes):
                if code in unknown:
                    batch.note(index, name, f"unknown_{refers}", **unknown[code])

    def make(self, batch: Batch, good: list[int]) -> None:
        """Makes what good rows name and nobody knows, where the mapping says `unknown: create`."""
        for name in self.made:
            codes, keys = batch.fields[name], self.keys[name]
            told = dict.fromkeys(codes[index] for index in good)
            new = [code for code in told if code is not None and code not in keys]
            example = MODELS[self.refers[name]](organisation=self.organisation)
            bulk.insert_like(example, ("code", "name"), ((code, code) for code in new))
            keys.update(known_by_code(self.organisation, self.refers[name], new))

    def matched(self, batch: Batch, good: list[int]) -> dict[int, dict[str, int]]:
        """Of the good rows that were not found by codes alone: index -> field -> key of the alias."""
        matched: dict[int, dict[str, int]] = {}
        for name, found in self.meanings.items():
            if found:
                texts = batch.fields[name]
                for index in good:
                    if texts[index] in found:
                        matched.setdefault(index, {})[name] = found[texts[index]].alias
        return matched

    def unknown_texts(self, batch: Batch, index: int) -> Iterator[tuple[str, str]]:
        """(field, text) of what nobody knows in a row whose cells stand in the right columns."""
        if not batch.is_uneven(index):
            for name, unknown in self.unknown.items():
                if batch.fields[name][index] in unknown:
                    yield name, batch.fields[name][index]

    def _look_up(self, name: str, texts: list[str]) -> None:
        """By exact code, by alias, by writing; what may be made is its own code unless someone decided else."""
        kind, keys = self.refers[name], self.keys[name]
        keys.update(known_by_code(self.organisation, kind, texts))
        left = [text for text in texts if text not in keys]
        if left and self.matcher:
            found = self.matcher.by_alias(kind, left)
            if name not in self.made:
                found |= self.matcher.by_writing(kind, [text for text in left if text not in found])
            for text, meaning in found.items():
                if meaning.target is None:
                    self.unknown[name][text] = {"not_ours": True}
                else:
                    keys[text] = meaning.target
                    self.meanings[name][text] = meaning
            left = [text for text in left if text not in found]
        if name in self.made:
            return
        for text in left:
            self.unknown[name][text] = self._told(name, text)

    def _told(self, name: str, text: str) -> dict[str, Any]:
        """The figures of the reason: what the text most likely means."""
        kind = self.refers[name]
        if self.matcher is None:
            return {}
        proposals = self.matcher.proposals(kind, text)
        return {} if proposals is None else {"proposals": proposals}


def known_codes(organisation: Organisation, refers: str, codes: set[str]) -> set[str]:
    return set(by_code(MODELS[refers], organisation, codes))
