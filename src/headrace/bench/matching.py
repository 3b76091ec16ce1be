"""`headrace bench names`: names of companies as others write them, against all that are known."""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from headrace.sales.matching.nearest import Catalogue, Known

_SYLLABLES = (
    "al ar ba bel bo bra ca cen co da del do el en fa fer for ga gar gra ha hel in ka kor la lan li lo ma mar mer mi "
    "mon na nor o pa per pol ra ri ro sa sel son sta ta tel ter to tra u va ver vi vo wa wel zan zo"
)
_TRADES = (
    "Bikes Cycles Electronics Foods Furniture Garden Hardware Instruments Lighting Logistics Machines Motors Office "
    "Optics Outdoor Paints Paper Pharma Plastics Power Print Security Seeds Ship Software Sports Steel Systems "
    "Textiles Tiles Tools Toys Trading Tyres Warehouse Water Wholesale Wood"
)
PLACES = (
    "Berlin",
    "Bologna",
    "Cairo",
    "Dubai",
    "Genoa",
    "Hamburg",
    "Johor",
    "Leeds",
    "Lyon",
    "Milan",
    "North",
    "Oslo",
)
FORMS = (
    "GmbH", "GmbH & Co. KG", "AG", "S.r.l.", "S.p.A.", "Ltd", "Limited", "LLC", "Inc.", "Sdn. Bhd.", "B.V.", "SARL",
)  # fmt: skip
SYLLABLES, TRADES = _SYLLABLES.split(), _TRADES.split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"

Change = Callable[[str, random.Random], str]


def main(arguments: Sequence[str]) -> int:
    """Measures and prints one table; always 0. Raises SystemExit on wrong usage."""
    options = parser().parse_args(arguments)
    chance = random.Random(options.seed)
    known = list(made_up(options.known, chance))
    print(table(known, Measured.of(known, options.texts, chance), options))
    return 0


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="headrace bench names", description="Measure how names written otherwise are found again."
    )
    whole.add_argument("--known", type=int, default=20_000, help="how many names are known")
    whole.add_argument("--texts", type=int, default=2_000, help="how many texts are looked for")
    whole.add_argument("--seed", type=int, default=1)
    return whole


def made_up(count: int, chance: random.Random) -> Iterator[Known]:
    """Different names of companies: a family, a trade, at times a place, a legal form."""
    seen: set[str] = set()
    while len(seen) < count:
        family = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).title()
        words = [family, chance.choice(TRADES)]
        if chance.random() < 0.3:
            words.append(chance.choice(PLACES))
        if " ".join(words) not in seen:
            seen.add(" ".join(words))
            yield Known(len(seen), f"C-{len(seen):07}", f"{' '.join(words)} {chance.choice(FORMS)}")


def _bare(name: str) -> str:
    form = max((form for form in FORMS if name.endswith(f" {form}")), key=len)
    return name.removesuffix(f" {form}")


def _spaces(name: str, chance: random.Random) -> str:
    joined = _bare(name).replace(" ", "")
    place = chance.randint(3, len(joined) - 3)
    return f"{joined[:place]} {joined[place:]}".upper()


def _letter(name: str, chance: random.Random) -> str:
    place = chance.randrange(len(_bare(name)))
    return name[:place] + chance.choice(LETTERS) + name[place + chance.randint(0, 1) :]


def _two_letters(name: str, chance: random.Random) -> str:
    return _letter(_letter(name, chance), chance)


def _swapped(name: str, chance: random.Random) -> str:
    place = chance.randrange(len(_bare(name)) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _order(name: str, chance: random.Random) -> str:
    words = _bare(name).split()
    return ", ".join([*words[1:], words[0]])


def _further(name: str, chance: random.Random) -> str:
    return f"{_bare(name)} {chance.choice(('Group', 'Branch 2', 'Head Office', 'Warehouse'))}"


def _shortened(name: str, chance: random.Random) -> str:
    words = _bare(name).split()
    return " ".join([words[0], words[1][:4] + ".", *words[2:]])


# How a name is written otherwise.
CHANGES: dict[str, Change] = {
    "spaces, case, no legal form": _spaces,
    "one letter": _letter,
    "two letters": _two_letters,
    "two letters swapped": _swapped,
    "other order of words": _order,
    "a further word": _further,
    "a word shortened": _shortened,
}


@dataclass(slots=True)
class Measured:
    """Processor seconds, and of each way of writing: how many, found first, found at all, taken by themselves."""

    indexed_seconds: float
    found_seconds: float
    texts: Counter[str]
    first: Counter[str]
    proposed: Counter[str]
    taken: Counter[str]
    taken_wrongly: Counter[str]

    @classmethod
    def of(cls, known: Sequence[Known], texts: int, chance: random.Random) -> Measured:
        asked = []
        for _ in range(texts):
            meant, way = chance.choice(known), chance.choice(list(CHANGES))
            asked.append((way, CHANGES[way](meant.name, chance), meant.pk))
        measured = cls(0, 0, *(Counter() for _ in range(5)))
        begun = time.process_time()
        catalogue = Catalogue("partner", known)
        catalogue.same("")
        catalogue.nearest("")
        measured.indexed_seconds = time.process_time() - begun
        begun = time.process_time()
        for way, text, meant_pk in asked:
            measured.ask(catalogue, way, text, meant_pk)
        measured.found_seconds = time.process_time() - begun
        return measured

    def ask(self, catalogue: Catalogue, way: str, text: str, meant: int) -> None:
        same, proposals = catalogue.same(text), [one.known.pk for one in catalogue.nearest(text)]
        self.texts[way] += 1
        self.first[way] += proposals[:1] == [meant]
        self.proposed[way] += meant in proposals
        if same is not None:
            self.taken[way] += same.pk == meant
            self.taken_wrongly[way] += same.pk != meant


def table(known: Sequence[Known], measured: Measured, options: argparse.Namespace) -> str:
    """One row for each way of writing, and one for all."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        f"{len(known):,} known, {options.texts:,} texts, processor seconds: index {measured.indexed_seconds:.1f} s, "
        f"found in {measured.found_seconds:.1f} s ({1000 * measured.found_seconds / options.texts:.2f} ms a text), "
        f"peak {peak:,.0f} MiB",
        "",
        "| written otherwise | texts | proposed first | proposed | same but for the writing | taken wrongly |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for way in (*CHANGES, "all"):
        counts = (
            sum(counted.values()) if way == "all" else counted[way]
            for counted in (
                measured.texts, measured.first, measured.proposed, measured.taken, measured.taken_wrongly
            )
        )  # fmt: skip
        texts, *parts, wrong = counts
        cells = [f"{100 * part / max(texts, 1):.1f}%" for part in parts]
        lines.append(f"| {' | '.join([way, f'{texts:,}', *cells, f'{wrong:,}'])} |")
    return "\n".join(lines)
