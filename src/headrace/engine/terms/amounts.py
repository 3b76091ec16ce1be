"""What a rule pays, in words: amounts of money, points, pieces of something."""

from dataclasses import dataclass
from decimal import Decimal

from headrace.engine.programme import Programme, Rule
from headrace.engine.scales import Excess, Pay
from headrace.engine.terms.speaker import Speaker


@dataclass(frozen=True, slots=True)
class Amounts:
    """Tells amounts in the unit that one rule pays."""

    speaker: Speaker
    programme: Programme
    rule: Rule

    def amount(self, value: Decimal) -> str:
        """So much of what the rule pays: `€500.00`, `50 points “loyalty”`, `1 × “Gravel bike”`."""
        kind, name = self.rule.pays.kind, self.speaker.quoted(self.rule.pays.name)
        match kind:
            case "money" | "discount" | "fund":
                return self.speaker.money(value, self.programme.currency)
            case "points" if self.rule.pays.name == "points":
                return self.speaker.counted("amount.points", value)
            case "points":
                return self.speaker.counted("amount.named_points", value, name=name)
            case "status" | "badge":
                return self.speaker.say(f"amount.{kind}", name=name)
        return self.speaker.counted(f"amount.{kind}", value, name=name)

    def pay(self, pay: Pay) -> str:
        """All that a band or value pays: `2% of the base and a fixed €500.00`."""
        parts = []
        if pay.rate is not None:
            parts.append(self._rate(pay.rate))
        if pay.per_unit is not None:
            parts.append(self.speaker.say("pay.per_unit", amount=self.amount(pay.per_unit)))
        if pay.amount is not None:
            name = "pay.amount" if self.rule.pays.kind in ("money", "discount", "fund") else "pay.piece"
            parts.append(self.speaker.say(name, amount=self.amount(pay.amount)))
        return self.speaker.both(parts)

    def _rate(self, rate: Decimal) -> str:
        """A share of money is a percentage; of points, so many for each unit of the base."""
        if isinstance(self.rule.scale, Excess):
            return self.speaker.say("pay.excess_rate", rate=self.speaker.percent(rate))
        if self.rule.pays.kind == "points":
            return self.speaker.say("pay.points_rate", amount=self.amount(rate))
        return self.speaker.say("pay.rate", rate=self.speaker.percent(rate))
