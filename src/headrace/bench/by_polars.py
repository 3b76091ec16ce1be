"""The five programmes by hand in Polars: lazy frames, whole numbers of 64 bits, ties by fact."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa

from headrace.bench.frames import BEFORE, BONUSES, WINDOW, YEAR
from headrace.bench.ways import Limits, files

GROUP = ["recipient", "period_from"]
_CENTS = (pl.col("net_amount") * 100).cast(pl.Int64)


class ByPolars:
    """Polars. Neither memory nor threads can be told to it once it is loaded."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.paths = files(folder)
        self.admitted: dict[str, pl.LazyFrame] = {}
        self.results: dict[str, dict[str, pl.DataFrame]] = {}

    def earn(self, programme: str) -> None:
        admitted, groups = getattr(self, f"_{programme}")()
        self.admitted[programme] = admitted
        self.results[programme] = {"earnings": groups.select(*GROUP, "whole", "amount").collect()}

    def attribute(self, programme: str) -> None:
        """By largest remainder, ties by fact."""
        groups = self.results[programme]["earnings"].lazy().filter(pl.col("amount") > 0)
        product = pl.col("amount") * pl.col("v")
        facts = self.admitted[programme].join(groups, on=GROUP)
        facts = facts.with_columns(lower=product // pl.col("whole"), rest=product % pl.col("whole")).sort(
            [*GROUP, "rest", "fact"], descending=[False, False, True, False]
        )
        place = pl.int_range(pl.len()).over(GROUP)
        left = pl.col("amount") - pl.col("lower").sum().over(GROUP)
        share = pl.col("lower") + (place < left).cast(pl.Int64)
        self.results[programme]["shares"] = facts.select(*GROUP, "fact", share=share).collect()

    def found(self, programme: str) -> Mapping[str, pa.Table]:
        return {name: frame.to_arrow() for name, frame in self.results[programme].items()}

    # The programmes: admitted facts, groups

    def _sales(self, days: tuple[date, date], every: str) -> pl.LazyFrame:
        sales = pl.scan_parquet(self.paths["sales"]).filter(pl.col("on").is_between(*days))
        return sales.with_columns(
            recipient=pl.col("partner"),
            period_from=pl.col("on").dt.truncate(every),
            fact=pl.col("id"),
            v=_CENTS,
        )

    def _table(self, name: str) -> pl.LazyFrame:
        return pl.scan_parquet(self.paths[name])

    def _a(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        wanted = self._table("products").filter(pl.col("category") != "Services")
        admitted = self._sales(YEAR, "1mo").join(wanted, left_on="product", right_on="id", how="semi")
        whole = pl.col("whole")
        above = [(whole - bound).clip(0) * rate for bound, rate in ((0, 10), (200_000, 10), (600_000, 15))]
        amount = ((pl.sum_horizontal(above) + 500) // 1000).clip(upper_bound=15_000)
        return self._grouped(admitted, amount)

    def _b(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        admitted = self._sales(YEAR, "1q")
        now = admitted.group_by(GROUP).agg(whole=pl.col("v").sum(), x=pl.col("quantity").sum())
        before = self._sales(BEFORE, "1q").group_by(GROUP).agg(was=pl.col("quantity").sum())
        before = before.with_columns(pl.col("period_from").dt.offset_by("1y")).filter(pl.col("was") > 0)
        x, was, whole = pl.col("x"), pl.col("was"), pl.col("whole")
        amount = (
            pl.when(x * 100 >= was * 115)
            .then((whole * 25 + 500) // 1000)
            .when(x * 100 >= was * 105)
            .then((whole * 125 + 5000) // 10_000)
            .when(x >= was)
            .then((whole * 5 + 500) // 1000)
            .otherwise(0)
        )
        return admitted, now.join(before, on=GROUP).with_columns(amount=amount)

    def _c(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        listed = self._table("products").filter(pl.col("brand") == "Listed")
        sales = self._sales(WINDOW, "1mo").join(listed, left_on="product", right_on="id", how="semi")
        earlier = self._table("sales").filter((pl.col("quantity") > 0) | (pl.col("net_amount") > 0))
        known = sales.join(earlier.select("customer", was="on"), on="customer").filter(
            (pl.col("was") < pl.col("on")) & (pl.col("was") >= pl.col("on").dt.offset_by("-12mo"))
        )
        admitted = sales.join(known, on="id", how="anti").with_columns(
            v=pl.col("quantity"), period_from=pl.lit(WINDOW[0])
        )
        return self._grouped(admitted, (pl.col("whole") * 750).clip(upper_bound=7500))

    def _d(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        sales = self._sales(YEAR, "1mo").join(self._table("products"), left_on="product", right_on="id")
        sales = sales.join(self._table("partners"), left_on="partner", right_on="id")
        by_category = pl.col("category").replace_strict({"Bikes": 4, "Clothing": 3}, default=2)
        by_tier = pl.col("tier").replace_strict({"gold": 5}, default=4)
        return self._grouped(
            sales.with_columns(v=pl.col("v") * by_category * by_tier), pl.col("whole") // 800
        )

    def _e(self) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        admitted = self._sales(YEAR, "1mo")
        with_category = admitted.join(self._table("products"), left_on="product", right_on="id")
        sums = {one.category: pl.col("v").filter(pl.col("category") == one.category).sum() for one in BONUSES}
        groups = with_category.group_by(GROUP).agg(whole=pl.col("v").sum(), **sums)
        reached = pl.all_horizontal(pl.col(one.category) >= one.least for one in BONUSES)
        return admitted, groups.with_columns(amount=pl.when(reached).then(5000).otherwise(0))

    def _grouped(self, admitted: pl.LazyFrame, amount: pl.Expr) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        groups = admitted.group_by(GROUP).agg(whole=pl.col("v").sum())
        return admitted, groups.with_columns(amount=amount)
