"""What the columns of a compiled rule mean, for its receipts."""

from fractions import Fraction

from headrace.engine.plan.admission import Admission
from headrace.engine.plan.groups import GroupPlan
from headrace.engine.plan.layers import column_of
from headrace.engine.plan.layout import NumberColumn, RuleLayout
from headrace.engine.receipt_document import document_of
from headrace.engine.writing import field_text


def layout_of(admission: Admission, plan: GroupPlan, lifted: bool) -> RuleLayout:
    rule, programme = admission.rule, admission.programme
    return RuleLayout(
        rule=rule.key,
        to=admission.to,
        by=tuple(field_text(column) for column in rule.by),
        rounding=rule.rounding,
        unit=programme.unit(rule),
        digits=programme.unit_digits(rule),
        groups=admission.name("explained"),
        facts=admission.name("facts"),
        earnings=admission.name("earnings" if lifted else "groups"),
        shares=admission.name("shares"),
        exact=column_of(plan.exact),
        document=document_of(programme, rule),
        limits=_limits(admission),
        lifted=lifted,
        given=admission.name("given") if lifted else None,
        split=admission.name("split") if rule.splits else None,
        paths=tuple(split.to for split in rule.splits),
        window=admission.name("window") if rule.every.kind == "rolling" else None,
        measures=tuple(plan.measures),
        gates=tuple(plan.gate_layouts),
        steps=tuple(plan.steps),
        values=admission.value_layouts(plan.sources.paid.days.name),
        credit=None if admission.credits is None else NumberColumn("credit", admission.credits.unit),
        factor=NumberColumn("factor", plan.factor.unit),
        weight=NumberColumn("weight", plan.weight.unit),
    )


def _limits(admission: Admission) -> dict[str, Fraction]:
    """The figures of what limits an earning after its scale."""
    rule, budget = admission.rule, admission.programme.budget
    found = {
        "cap": rule.cap.amount if rule.cap else None,
        "minimum_payout": rule.minimum_payout,
        "budget": budget.amount if budget else None,
    }
    return {name: Fraction(amount) for name, amount in found.items() if amount is not None}
