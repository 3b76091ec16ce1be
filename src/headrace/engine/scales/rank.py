"""Rewards by place among the recipients."""

from dataclasses import dataclass
from decimal import Decimal

from headrace.engine.expressions import Field, Node


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
