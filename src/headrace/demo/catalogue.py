"""The range of the demo brand, read from material/products.yaml."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from headrace.demo.timeline import Timeline

MATERIAL = Path(__file__).parent / "material"
PRICE_RISE_PERMILLE = 28  # each January, on all list prices


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    name: str
    category: str
    subcategory: str
    brand: str
    list_cents: int
    """List price of today in cents."""
    popularity: int
    season: tuple[int, ...]
    """Twelve weights, January first."""
    climate: dict[str, int]
    """Demand in per cent by climate."""
    launched_on: date | None
    ended_on: date | None

    def demand(self, month: date, climate: str) -> int:
        """Weight of this product in the month that starts on `month`; 0 where it isn't sold."""
        if self.ended_on and month > self.ended_on:
            return 0
        ramp = 100
        if self.launched_on:
            months = (month.year - self.launched_on.year) * 12 + month.month - self.launched_on.month
            if months < 0:
                return 0
            ramp = min(100, 40 + 20 * months)
        return self.popularity * self.season[month.month - 1] * self.climate[climate] * ramp

    def list_cents_on(self, on: date, today: date) -> int:
        """The list price as it stood on that day: full 5 cents."""
        cents = self.list_cents
        for _ in range(today.year - on.year):
            cents = cents * (1000 - PRICE_RISE_PERMILLE) // 1000
        return cents - cents % 5


def load_products(timeline: Timeline) -> list[Product]:
    material = yaml.safe_load((MATERIAL / "products.yaml").read_text(encoding="utf-8"))
    return [
        _product(series, model, tuple(material["seasons"][series["season"]]), timeline)
        for series in material["series"]
        for model in series["models"]
    ]


def _product(
    series: dict[str, Any], model: list[Any], season: tuple[int, ...], timeline: Timeline
) -> Product:
    code, name, price = model
    launched, ended = series.get("launched"), series.get("ended")
    return Product(
        id=f"TB-{code}",
        name=name,
        category=series["category"],
        subcategory=series["subcategory"],
        brand=series["brand"],
        list_cents=price * 100,
        popularity=series["popularity"],
        season=season,
        climate=series["climate"],
        launched_on=None if launched is None else timeline.quarter(launched),
        ended_on=None if ended is None else timeline.quarter(ended) - timedelta(days=1),
    )
