"""One file for each mode of a scale. SCALES is the one list of them."""

from headrace.engine.scales.additive_capped import AdditiveCapped
from headrace.engine.scales.additive_full import AdditiveFull
from headrace.engine.scales.bands import Band, Banded, Pay
from headrace.engine.scales.excess import Excess
from headrace.engine.scales.flat import Flat
from headrace.engine.scales.interpolate import Interpolate
from headrace.engine.scales.lookup import Lookup
from headrace.engine.scales.package import Package
from headrace.engine.scales.rank import Place, Rank
from headrace.engine.scales.retro import Retro
from headrace.engine.scales.slab import Slab

Scale = Flat | Slab | Retro | AdditiveCapped | AdditiveFull | Excess | Interpolate | Package | Lookup | Rank

# The name of each mode in a document, and its class.
SCALES: tuple[tuple[str, type[Scale]], ...] = (
    ("flat", Flat),
    ("slab", Slab),
    ("retro", Retro),
    ("additive_capped", AdditiveCapped),
    ("additive_full", AdditiveFull),
    ("excess", Excess),
    ("interpolate", Interpolate),
    ("package", Package),
    ("lookup", Lookup),
    ("rank", Rank),
)

__all__ = [
    "SCALES",
    "AdditiveCapped",
    "AdditiveFull",
    "Band",
    "Banded",
    "Excess",
    "Flat",
    "Interpolate",
    "Lookup",
    "Package",
    "Pay",
    "Place",
    "Rank",
    "Retro",
    "Scale",
    "Slab",
]
