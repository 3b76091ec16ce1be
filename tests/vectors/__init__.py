"""The public worked cases of ../shared/vectors as programmes and facts of ours.

A case states a calculation in the words of the product it comes from; here it is told as a document. Amounts
are in CLF, a currency with four decimals, so that nothing is rounded that the source did not round.
"""

import json
from collections.abc import Callable
from pathlib import Path

from . import growth_and_points, rates, shares, tiers
from .trial import Trial, Vector

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "public-cases.json"

# What these cases calculate is no incentive; the app that owns it is named.
NOT_INCENTIVES = {
    "v182": "how many points a redemption may spend: rewards",
    "v251": "which lots of points a redemption uses up: the ledger of loyalty",
    "v253": "what points that are not yet redeemed are worth as a liability: the ledger of loyalty",
    "v255": "revenue recognised for points under IFRS 15: the ledger of loyalty",
    "v258": "revenue recognised under IFRS 15 before a volume discount is known: insight",
}
# Calculated by a rule that contradicts calculation.md.
OTHER_POLICIES = {
    "v236": "left-over units go to the first part; ours to the largest remainder: 12, 2 and 1",
}

# What a case must name, in its setup or input, to be told by a function; the first that fits.
TRANSLATORS: tuple[tuple[tuple[str, ...], Callable[[Vector], Trial]], ...] = (
    (("tiers",), tiers.tiered),
    (("block_tiers",), tiers.block_tiers),
    (("interpolated_amount_tiers",), tiers.shares_of_tiers),
    (("per_unit_rebate_weighted_by_tier_share",), tiers.weighted_by_tier),
    (("quantity_tiers_rate",), tiers.rate_by_quantity),
    (("bonus_ladder",), tiers.ladder),
    (("thresholds",), tiers.thresholds),
    (("tiers_by_spend",), tiers.statuses),
    (("package_size",), rates.packs),
    (("growth_ladder",), growth_and_points.growth_ladder),
    (("qualify",), growth_and_points.growth_gate),
    (("min_growth_units_exclusive",), growth_and_points.growth_in_units),
    (("spend_per_point",), growth_and_points.points),
    (("tiers_spend_per_point",), growth_and_points.points_by_tier),
    (("points_per_currency",), growth_and_points.points_on_lines),
    (("allocation",), shares.pro_rata),
    (("parts", "deal"), shares.credited_deal),
    (("parts",), shares.split_parts),
    (("payments",), shares.paid_as_cash_comes),
    (("draw_per_period",), shares.guaranteed),
    (("waiver_limit",), shares.allowance_first),
    (("invoice",), shares.credit_note),
    (("prorate",), shares.unserved_months),
    (("max_quantity",), rates.most_on_few),
    (("max_amount", "not_above_order_total"), rates.not_above_order),
    (("fixed_amount", "not_above_order_total"), rates.fixed_not_above_order),
    (("max_amount_tax_included",), rates.with_tax),
    (("max_amount",), rates.capped_rate),
    (("target",), rates.cheapest_line),
    (("buy_n_get_one_free",), rates.free_units),
    (("exclude_free_goods",), rates.not_on_free_goods),
    (("min_eligible_quantity",), rates.enough_pieces),
    (("rules_most_specific_first",), rates.most_specific),
    (("fixed_by_discount_given",), rates.by_discount_given),
    (("plan_lines",), rates.by_category),
    (("events",), rates.rate_and_fixed),
    (("event_amounts",), rates.each_event),
    (("eligible_only",), rates.eligible_lines),
    (("flat_per_unit",), rates.in_whole_units),
    (("rate_percent",), rates.plain_rate),
)


def vectors() -> list[Vector]:
    """All cases of the file."""
    loaded: list[Vector] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def trial_of(vector: Vector) -> Trial:
    """The case as a programme. Raises LookupError for one whose kind is not known here."""
    named = vector["setup"].keys() | vector["input"].keys()
    for keys, translate in TRANSLATORS:
        if named >= set(keys):
            return translate(vector)
    raise LookupError(f"{vector['id']}: no translation for {sorted(named)}")
