"""The method of the forecast: order statistics of past periods. Pure: whole numbers of minor units in and out.

Of each past period two figures are known: what it had earned at the same point (`reached`), and its end (`final`).
Were the open period to go on as that one did, it would end at one figure. These figures in order of size make the
forecast: the middle one is expected, and the interval leaves out as many at each end as its coverage allows. Where
past periods and the open one are exchangeable, the interval from the k-th smallest to the k-th largest of n holds the
next one with probability (n + 1 - 2k) / (n + 1): S. S. Wilks, Determination of Sample Sizes for Setting Tolerance
Limits, Annals of Mathematical Statistics 12 (1941). Fewer than nine can't reach the coverage so: then the whole range
is widened at both ends, by as much as it takes where the figures are normally distributed (a test draws such figures
and counts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from headrace.kernel.period import Period

HISTORY_MIN = 4  # with fewer past periods no interval says anything
COVERAGE_PERCENT = 80
# Number of past periods -> per cent of their range by which it is widened at each end.
WIDENED_PERCENT = {4: 33, 5: 20, 6: 12, 7: 7, 8: 3}
# Of less than this, a final can't be told by proportion: a small error would grow tenfold.
SHARE_MIN_PERCENT = 10


class Method(StrEnum):
    """How a past period is carried over: in proportion, or by what it still brought after the same point."""

    PROPORTION = "proportion"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Course:
    """A period that is over, in minor units: what had been earned at the point, and at its end."""

    period: Period
    reached_minor: int
    final_minor: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a period is expected to come to; the interval holds it in `covers` of `of` cases if it goes on as before."""

    low_minor: int
    expected_minor: int
    high_minor: int
    method: Method
    covers: int
    of: int

    def holds(self, final_minor: int) -> bool:
        return self.low_minor <= final_minor <= self.high_minor


@dataclass(frozen=True, slots=True)
class BackTest:
    """How many past periods were forecast from those before them alone; in how many the interval held, and should."""

    tests: int
    hits: int
    should: Fraction = Fraction(0)


def outlook(reached_minor: int, past: Sequence[Course]) -> Outlook | None:
    """What a period comes to that has earned so much at this point; None with too little history."""
    if len(past) < HISTORY_MIN:
        return None
    method = _method(reached_minor, past)
    finals = sorted(_final(reached_minor, course, method) for course in past)
    low, high, covers, of = _interval(finals)
    middle = _half_up(finals[(len(finals) - 1) // 2] + finals[len(finals) // 2], 2)
    return Outlook(low, middle, high, method, covers, of)


def _interval(finals: Sequence[int]) -> tuple[int, int, int, int]:
    """Its ends, of figures in order of size, and in how many of how many cases it should hold."""
    count = len(finals)
    if count in WIDENED_PERCENT:
        more = -(-(finals[-1] - finals[0]) * WIDENED_PERCENT[count] // 100)
        return finals[0] - more, finals[-1] + more, COVERAGE_PERCENT, 100
    left_out = (count + 1) * (100 - COVERAGE_PERCENT) // 200
    return finals[left_out - 1], finals[count - left_out], count + 1 - 2 * left_out, count + 1


def _method(reached_minor: int, past: Sequence[Course]) -> Method:
    is_proportional = reached_minor > 0 and all(
        course.reached_minor > 0 and course.reached_minor * 100 >= course.final_minor * SHARE_MIN_PERCENT
        for course in past
    )
    return Method.PROPORTION if is_proportional else Method.REST


def _final(reached_minor: int, course: Course, method: Method) -> int:
    if method == Method.PROPORTION:
        return _half_up(reached_minor * course.final_minor, course.reached_minor)
    return reached_minor + course.final_minor - course.reached_minor


def _half_up(part: int, whole: int) -> int:
    """To the nearest integer, a half upwards; `whole` above nought."""
    return (2 * part + whole) // (2 * whole)


def back_test(past: Sequence[Course]) -> BackTest:
    """Each past period forecast from those before it, as it would have been then."""
    tests, hits, should = 0, 0, Fraction(0)
    for place, course in enumerate(past):
        found = outlook(course.reached_minor, past[:place])
        if found is not None:
            tests += 1
            hits += found.holds(course.final_minor)
            should += Fraction(found.covers, found.of)
    return BackTest(tests, hits, should)
