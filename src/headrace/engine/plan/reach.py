"""Calculating only some groups: what else must be calculated for them to come out the same."""

from collections.abc import Collection
from datetime import date
from enum import Enum

import pyarrow as pa

from headrace.engine import sql
from headrace.engine.programme import Programme, Rule
from headrace.engine.scales import Rank
from headrace.engine.sql import Sql, Stage

ONLY = "only"
Groups = Collection[tuple[str, date]]


class Reach(Enum):
    """How far what one group is paid can depend on others."""

    GROUP = "on no other group"
    RECIPIENT = "on other groups of the recipient"
    ALL = "on groups of other recipients"


def reach_of(programme: Programme) -> Reach:
    """How far groups depend on each other, over all rules."""
    if programme.budget is not None or any(_looks_at_others(rule, programme) for rule in programme.rules):
        return Reach.ALL
    if programme.caps or any(_looks_at_own(rule) for rule in programme.rules):
        return Reach.RECIPIENT
    return Reach.GROUP


def _looks_at_others(rule: Rule, programme: Programme) -> bool:
    """Ranks, and parts of a split that meet under one cap."""
    return isinstance(rule.scale, Rank) or bool(rule.splits and programme.caps)


def _looks_at_own(rule: Rule) -> bool:
    """Limits over several groups, returns, deductions; and orders, which may be spread over days."""
    limits = [limit for limit in (rule.cap, rule.floor) if limit is not None]
    is_shared = any(limit.every is not None or rule.by for limit in limits)
    across = rule.deduct or rule.returns == "original_rate" or rule.best_of is not None
    return bool(is_shared or across or rule.every.kind in ("order", "fact"))


def only_table(groups: Groups) -> pa.Table:
    pairs = sorted(set(groups))
    return pa.table(
        {
            "recipient": pa.array([recipient for recipient, _ in pairs], pa.string()),
            "period_from": pa.array([starts for _, starts in pairs], pa.date32()),
        }
    )


def within_reach(reach: Reach, recipient: Sql, period_from: Sql) -> Sql:
    """Whether a fact can play a part in the groups that are asked for."""
    if reach is Reach.ALL:
        return sql.truth(True)
    tests = [sql.equal(sql.column("recipient", ONLY), recipient)]
    if reach is Reach.GROUP:
        tests.append(sql.equal(sql.column("period_from", ONLY), period_from))
    return sql.exists(sql.select({"one": sql.whole(1)}, ONLY, ONLY).where(*tests, copy=False))


def only_earnings(name: str, earnings: str, source: str) -> Stage:
    """The earnings of the groups that were asked for; `source` is the column of the group's recipient."""
    query = sql.select_all(earnings, "e")
    asked = within_reach(Reach.GROUP, sql.column(source, "e"), sql.column("period_from", "e"))
    return Stage(name, query.where(asked, copy=False))


def only_shares(name: str, shares: str, earnings: str) -> Stage:
    """Their shares."""
    found = sql.select({"one": sql.whole(1)}, earnings, "e")
    found.where(sql.equal(sql.column("earning", "e"), sql.column("earning", "s")), copy=False)
    return Stage(name, sql.select_all(shares, "s").where(sql.exists(found), copy=False), kept=False)
