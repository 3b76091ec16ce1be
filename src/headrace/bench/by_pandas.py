"""The five programmes by hand in pandas: whole numbers of 64 bits, ties by fact."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from headrace.bench.frames import BEFORE, BONUSES, WINDOW, YEAR
from headrace.bench.ways import Limits, files

GROUP = ["recipient", "period_from"]
_MONTH, _QUARTER = "M", "Q"


class ByPandas:
    """pandas. Neither memory nor threads can be told to it."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.paths = files(folder)
        self.admitted: dict[str, pd.DataFrame] = {}
        self.results: dict[str, dict[str, pd.DataFrame]] = {}

    def earn(self, programme: str) -> None:
        admitted, groups = getattr(self, f"_{programme}")()
        self.admitted[programme] = admitted
        self.results[programme] = {"earnings": groups[[*GROUP, "whole", "amount"]]}

    def attribute(self, programme: str) -> None:
        """By largest remainder, ties by fact."""
        groups = self.results[programme]["earnings"]
        facts = self.admitted[programme][[*GROUP, "fact", "v"]].merge(groups[groups.amount > 0], on=GROUP)
        product = facts.amount * facts.v
        facts = facts.assign(lower=product // facts.whole, rest=product % facts.whole)
        facts = facts.sort_values([*GROUP, "rest", "fact"], ascending=[True, True, False, True])
        of_group = facts.groupby(GROUP, sort=False)
        left = facts.amount - of_group.lower.transform("sum")
        share = facts.lower + (of_group.cumcount() < left).astype("int64")
        self.results[programme]["shares"] = facts.assign(share=share)[[*GROUP, "fact", "share"]]

    def found(self, programme: str) -> Mapping[str, pa.Table]:
        return {name: _table(frame) for name, frame in self.results[programme].items()}

    # The programmes: admitted facts, groups

    def _read(self, *columns: str) -> pd.DataFrame:
        """Columns of all sales; `v` is the amount in cents."""
        found = pq.read_table(self.paths["sales"], columns=["partner", "on", "net_amount", *columns])
        cents = pc.cast(pc.multiply(found["net_amount"], pa.scalar(100)), pa.int64())
        frame = found.drop_columns(["net_amount"]).append_column("v", cents).to_pandas(date_as_object=False)
        return frame.rename(columns={"partner": "recipient", "id": "fact"})

    def _sales(self, days: tuple[date, date], every: str, *columns: str) -> pd.DataFrame:
        return _by_period(self._read("id", *columns), days, every)

    def _attributes(self, name: str, column: str) -> pd.Series:
        """An attribute of partners or products, by id."""
        return pd.read_parquet(self.paths[name], columns=["id", column]).set_index("id")[column]

    def _a(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        sales = self._sales(YEAR, _MONTH, "product")
        admitted = sales[sales["product"].map(self._attributes("products", "category")) != "Services"]
        groups = _grouped(admitted)
        above = [
            (groups.whole - bound).clip(0) * rate for bound, rate in ((0, 10), (200_000, 10), (600_000, 15))
        ]
        return admitted, groups.assign(amount=((sum(above) + 500) // 1000).clip(upper=15_000))

    def _b(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        sales = self._read("id", "quantity")
        admitted, earlier = _by_period(sales, YEAR, _QUARTER), _by_period(sales, BEFORE, _QUARTER)
        now = admitted.groupby(GROUP, as_index=False).agg(whole=("v", "sum"), x=("quantity", "sum"))
        before = earlier.groupby(GROUP, as_index=False).agg(was=("quantity", "sum"))
        before["period_from"] += pd.DateOffset(years=1)
        groups = now.merge(before[before.was > 0], on=GROUP)
        x, was, whole = groups.x, groups.was, groups.whole
        amount = ((whole * 5 + 500) // 1000).where(x >= was, 0)
        amount = amount.mask(x * 100 >= was * 105, (whole * 125 + 5000) // 10_000)
        amount = amount.mask(x * 100 >= was * 115, (whole * 25 + 500) // 1000)
        return admitted, groups.assign(amount=amount)

    def _c(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        everything = self._read("id", "product", "customer", "quantity")
        sales = _by_period(everything, WINDOW, _MONTH)
        sales = sales[sales["product"].map(self._attributes("products", "brand")) == "Listed"]
        bought = everything[(everything.quantity > 0) | (everything.v > 0)][["customer", "on"]]
        both = sales[["fact", "customer", "on"]].merge(bought, on="customer", suffixes=("", "_before"))
        is_earlier = (both.on_before < both.on) & (both.on_before >= both.on - pd.DateOffset(months=12))
        admitted = sales[~sales.fact.isin(both.fact[is_earlier])]
        admitted = admitted.assign(v=admitted.quantity, period_from=pd.Timestamp(WINDOW[0]))
        groups = _grouped(admitted)
        return admitted, groups.assign(amount=(groups.whole * 750).clip(upper=7500))

    def _d(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        sales = self._sales(YEAR, _MONTH, "product")
        category = sales["product"].map(self._attributes("products", "category"))
        tier = sales.recipient.map(self._attributes("partners", "tier"))
        factor = 2 + 2 * (category == "Bikes").astype("int64") + (category == "Clothing").astype("int64")
        admitted = sales.assign(v=sales.v * factor * (4 + (tier == "gold").astype("int64")))
        groups = _grouped(admitted)
        return admitted, groups.assign(amount=groups.whole // 800)

    def _e(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        admitted = self._sales(YEAR, _MONTH, "product")
        category = admitted["product"].map(self._attributes("products", "category"))
        parts = {one.category: admitted.v.where(category == one.category, 0) for one in BONUSES}
        groups = admitted.assign(**parts).groupby(GROUP, as_index=False)
        sums = groups.agg(whole=("v", "sum"), **{name: (name, "sum") for name in parts})
        reached = pd.concat([sums[one.category] >= one.least for one in BONUSES], axis=1).all(axis=1)
        return admitted, sums.assign(amount=5000 * reached.astype("int64"))


def _by_period(sales: pd.DataFrame, days: tuple[date, date], every: str) -> pd.DataFrame:
    first, last = (pd.Timestamp(day) for day in days)
    within = sales[sales.on.between(first, last)]
    return within.assign(period_from=within.on.dt.to_period(every).dt.to_timestamp())


def _grouped(admitted: pd.DataFrame) -> pd.DataFrame:
    return admitted.groupby(GROUP, as_index=False).agg(whole=("v", "sum"))


def _table(frame: pd.DataFrame) -> pa.Table:
    found = pa.Table.from_pandas(frame, preserve_index=False)
    place = found.column_names.index("period_from")
    return found.set_column(
        place, "period_from", found["period_from"].cast(pa.timestamp("s")).cast(pa.date32())
    )
