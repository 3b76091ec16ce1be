"""Rewards by place among the recipients."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from headrace.engine.expressions import Field, Node
from headrace.engine.scales.steps import Step


@dataclass(frozen=True, slots=True)
class Place:
    """All places up to and including `to`, past those of the entry before, are paid `amount`."""

    to: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rank:
    """By place in x among the recipients that share the values of `within`.

    A tie shares the place and each gets its reward; with `split_ties` they share the rewards of their places.
    """

    on: Node | None
    within: tuple[Field, ...]
    places: tuple[Place, ...]
    split_ties: bool = False

    def reward(self, place: int) -> Fraction:
        """What one place is paid; nothing past the last that is listed."""
        return next((Fraction(entry.amount) for entry in self.places if place <= entry.to), Fraction(0))

    def pay(self, place: int, tied: int) -> tuple[Step, ...]:
        """The reward of `place`, which `tied` recipients share (1 where one stands alone).

        With `ties: split` they part the rewards of the places that they fill together.
        """
        amount = self.reward(place)
        if self.split_ties:
            amount = sum((self.reward(place + n) for n in range(tied)), Fraction(0)) / tied
        label = {"place": Fraction(place), "tied": Fraction(tied)}
        return (Step("place", amount, label),) if amount else ()
