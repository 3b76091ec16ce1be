"""Floors, caps, the rounding and the least that is paid out: what looks beyond one group."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from headrace.engine import sql
from headrace.engine.money import Exact
from headrace.engine.plan.admission import Admission
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.scaling import Steps
from headrace.engine.plan.values import UnsupportedError
from headrace.engine.programme import Cap, Every, Rule
from headrace.engine.sql import Sql

# The order in which groups of one recipient use up a cap.
ORDER = ("period_from", "by", "mark")


def limited(
    admission: Admission, layers: Layers, steps: Steps, earned: Exact, longer: dict[str, Every]
) -> Exact:
    """Floor, cap, rounding and least payout; the exact amount before cap and rounding.

    The column `rounded` is the earning in minor units, `capped` what the cap leaves of it, `amount` what is paid;
    where rules compete to be the best of a set, `unrivalled`. `cap_paid` and `floor_paid` are what the recipient
    was paid before in the period of the cap and of the floor.
    """
    return _Limits(admission, layers, steps, longer).apply(earned)


@dataclass(slots=True)
class _Limits:
    admission: Admission
    layers: Layers
    steps: Steps
    longer: dict[str, Every]

    @property
    def rule(self) -> Rule:
        return self.admission.rule

    @property
    def digits(self) -> int:
        return self.admission.programme.unit_digits(self.rule)

    def apply(self, earned: Exact) -> Exact:
        rounded = self._look_back(earned)
        if self.rule.floor is not None:
            earned = self.steps.at_least(earned, Exact(sql.wide_column("floor_paid"), self._minor_unit))
            rounded = None
        rounded = self._keep("rounded", rounded or self.steps.round_off(earned, self.digits, "final"))
        capped = self._keep("capped", self._within_cap(rounded))
        name = "amount" if self.rule.best_of is None else "unrivalled"
        self._keep(name, self._unless_too_little(capped))
        return earned

    @property
    def _minor_unit(self) -> Fraction:
        return Fraction(1, 10**self.digits)

    def _keep(self, name: str, value: Sql) -> Sql:
        kept = self.layers.keep(name, sql.wide(value), wide=True)
        self.layers.close()
        return kept

    def _minor(self, amount: Decimal) -> Sql:
        exact = Fraction(amount) / self._minor_unit
        if exact.denominator != 1:
            raise UnsupportedError("a limit of less than a minor unit")
        return sql.whole(exact.numerator)

    # One group

    def _within_cap(self, amount: Sql) -> Sql:
        """The amount, or what the groups before left of the cap."""
        if self.rule.cap is None:
            return amount
        room = sql.subtract(self._minor(self.rule.cap.amount), sql.wide_column("cap_paid"))
        return sql.when(sql.more(amount, room), room, amount)

    def _unless_too_little(self, amount: Sql) -> Sql:
        """The amount, or nothing where it is less than the least that is paid out."""
        if self.rule.minimum_payout is None:
            return amount
        least = self._minor(self.rule.minimum_payout)
        too_little = sql.both([sql.more(amount, sql.whole(0)), sql.less(amount, least)])
        return sql.when(too_little, sql.whole(0), amount)

    # The groups before

    def _look_back(self, earned: Exact) -> Sql | None:
        """Keeps what was paid before in the period of each limit; the earning rounded without a floor, if known."""
        cap, floor = self._over_groups(self.rule.cap), self._over_groups(self.rule.floor)
        self._refuse(cap)
        rounded, paid = None, sql.whole(0)
        if cap or floor:
            rounded = self.steps.round_off(earned, self.digits, "unlimited")
            paid = self._paid(rounded, cap)
        if self.rule.cap is not None:
            shared = self._sharing(self.rule.cap) if cap else []
            self._keep("cap_paid", self._before(paid, shared) if cap else sql.whole(0))
        if self.rule.floor is not None:
            shared = self._sharing(self.rule.floor) if floor else []
            self._keep("floor_paid", self._before(paid, shared) if floor else sql.whole(0))
            self.layers.keep("floored", self._is_last(shared) if floor else sql.column("may_floor"))
            self.layers.close()
        return rounded

    def _over_groups(self, limit: Cap | None) -> bool:
        """Whether a limit is shared by several groups."""
        return limit is not None and (limit.every is not None or bool(self.rule.by))

    def _refuse(self, cap: bool) -> None:
        """Where what one group is paid depends on all before it one by one, SQL has no words for it."""
        if cap and self.rule.negative and self.rule.minimum_payout is not None:
            raise UnsupportedError("a least payout under a cap that negative earnings give room back to")
        if cap and self.rule.cap and self.rule.floor and self.rule.cap.every != self.rule.floor.every:
            raise UnsupportedError("a cap over several groups, and a floor over another period")

    def _sharing(self, limit: Cap) -> list[Sql]:
        """The columns that name which groups share a limit: the recipient's in its period, or in the rule's own."""
        if limit.every is None:
            return [sql.column(name) for name in ("recipient", "period_from", "mark")]
        name = next((name for name, every in self.longer.items() if every == limit.every), None)
        if name is None:
            name = self.admission.name(f"longer{len(self.longer)}")
            self.longer[name] = limit.every
            starts, ends = (sql.column(f"longer_{end}", name) for end in ("from", "to"))
            first = sql.column("period_from", "t")
            within = sql.both([sql.at_most(starts, first), sql.at_most(first, ends)])
            self.layers.join(sql.extend(name, {name: sql.column("longer_from")}), name, within, [name])
        return [sql.column("recipient"), sql.column(name)]

    def _paid(self, rounded: Sql, cap: bool) -> Sql:
        """What each group is paid if no floor raises it.

        Under a shared cap the groups before use it up, and a negative earning gives room back: with S the running sum
        of what is earned, what is paid in all is S − max(0, highest S so far − cap). Too little is not paid, and uses
        up nothing; nor does what the cap leaves too little of, as after it there is no more room than that.
        """
        if not cap:
            return self._keep("paid_alone", self._unless_too_little(self._within_own_cap(rounded)))
        assert self.rule.cap is not None
        shared, keys = self._sharing(self.rule.cap), [sql.column(key) for key in ORDER]
        most = self._minor(self.rule.cap.amount)
        counted = self._keep("counted", self._unless_too_little(rounded))
        so_far = self._keep("so_far", sql.over(sql.total(counted), shared, keys, running=True))
        highest = sql.over(sql.largest(sql.subtract(so_far, most)), shared, keys, running=True)
        beyond = self._keep("beyond", highest)
        over = sql.when(sql.more(beyond, sql.whole(0)), beyond, sql.whole(0))
        in_all = self._keep("paid_so_far", sql.subtract(so_far, over))
        before = sql.or_else(sql.over(sql.lag(in_all), shared, keys), sql.whole(0))
        own = self._keep("paid_own", sql.subtract(in_all, before))
        return self._keep("paid_alone", self._unless_too_little(own))

    def _within_own_cap(self, amount: Sql) -> Sql:
        if self.rule.cap is None:
            return amount
        most = self._minor(self.rule.cap.amount)
        return sql.when(sql.more(amount, most), most, amount)

    def _before(self, paid: Sql, shared: list[Sql]) -> Sql:
        """What the groups before were paid, of those that share a limit."""
        keys = [sql.column(key) for key in ORDER]
        return sql.subtract(sql.over(sql.total(paid), shared, keys, running=True), paid)

    def _is_last(self, shared: list[Sql]) -> Sql:
        """Whether this is the last group of a floor's period that the floor counts for."""
        backwards = [sql.ordered(sql.column(key), down=True) for key in ORDER]
        one = sql.when(sql.column("may_floor"), sql.whole(1), sql.whole(0))
        place = sql.over(sql.total(one), shared, backwards, running=True)
        self.layers.keep("floor_place", place)
        self.layers.close()
        return sql.both([sql.column("may_floor"), sql.equal(sql.column("floor_place"), sql.whole(1))])
