"""What people fill in: a decision, days of absence, a rule and its steps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headrace.base import formats
from headrace.base.approvals.kinds import all_kinds
from headrace.base.approvals.rule_changes import STEPS_MAX, Scope, Step
from headrace.base.models import ApprovalDecision, ApprovalRule, Organisation, Role, User
from headrace.base.models.approvals import Risk

DAY_INPUT = {"type": "date"}


class DecisionForm(forms.Form):
    """Which way, with the hash of what was seen; why, where it is refused."""

    decision = forms.ChoiceField(choices=ApprovalDecision.Choice.choices)
    seen_hash = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where you refuse: whoever asked reads it."),
    )


class AwayForm(forms.Form):
    """Who stands in, and for which days."""

    delegate = forms.ModelChoiceField(
        User.objects.none(), label=_("Who decides for you"), empty_label=_("Choose a person")
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delegate"].queryset = colleagues(user.organisation).exclude(pk=user.pk)  # type: ignore[attr-defined]


def colleagues(organisation: Organisation) -> Any:
    """Everybody with a role at the organisation, by name."""
    with_role = User.objects.filter(
        organisation=organisation, is_active=True, role_grants__revoked_at=None, role_grants__isnull=False
    )
    return with_role.distinct().order_by("name", "pk")


class RuleForm(forms.Form):
    """What a rule is for."""

    kind = forms.ChoiceField(label=_("What it is for"))
    unit = forms.CharField(
        label=_("Unit of the amounts"), max_length=40, required=False, help_text=_("As EUR, or points.")
    )
    amount_from = forms.DecimalField(label=_("Amount from"), required=False, min_value=0, max_digits=15)
    amount_to = forms.DecimalField(label=_("Amount up to"), required=False, min_value=0, max_digits=15)
    risk = forms.ChoiceField(label=_("Risk"), choices=[("", _("Any")), *Risk.choices], required=False)
    segment = forms.CharField(
        label=_("Segment"), max_length=80, required=False, help_text=_("Left empty: any.")
    )
    lapses_after_days = forms.IntegerField(
        label=_("Lapses after days"), min_value=1, max_value=365, initial=60
    )

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.code, one.label) for one in all_kinds() if kind in ("", one.code)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("amount_from", "amount_to"):
            try:
                given[f"{name}_minor"] = to_minor(given.get(name), given.get("unit", ""))
            except ValidationError as error:
                self.add_error(name, error)
        return given

    @property
    def scope(self) -> Scope:
        """What was filled in; only of a form that is valid."""
        given = self.cleaned_data
        return Scope(
            kind=given["kind"],
            unit=given["unit"],
            amount_from_minor=given["amount_from_minor"],
            amount_to_minor=given["amount_to_minor"],
            risk=given["risk"],
            segment=given["segment"],
            lapses_after_days=given["lapses_after_days"],
        )


def to_minor(value: Decimal | None, unit: str) -> int | None:
    """An amount as somebody writes it, in minor units. Raises ValidationError for more decimals than there are."""
    if value is None:
        return None
    minor = value.scaleb(formats.unit_digits(unit))
    if minor != minor.to_integral_value():
        digits = formats.unit_digits(unit)
        raise ValidationError(
            gettext("%(unit)s has %(digits)s decimals; write no more.") % {"unit": unit, "digits": digits}
        )
    return int(minor)


class StepForm(forms.Form):
    """Who must agree at a step; left empty, there is no such step."""

    who = forms.ChoiceField(label=_("Who agrees"), required=False)
    needed = forms.IntegerField(label=_("How many"), min_value=1, max_value=20, initial=1, required=False)
    deadline_days = forms.IntegerField(
        label=_("Overdue after days"), min_value=1, max_value=365, required=False
    )
    escalates_to = forms.ChoiceField(
        label=_("Then also"), choices=[("", _("Nobody")), *Role.choices], required=False
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            (_("Roles"), [(f"role:{role.value}", role.label) for role in Role]),
            (_("People"), [(f"person:{user.pk}", user.name) for user in people]),
        ]

    @property
    def step(self) -> Step | None:
        """What was filled in; None where nothing was."""
        given = self.cleaned_data
        sort, _colon, value = given.get("who", "").partition(":")
        if not sort:
            return None
        return Step(
            role=value if sort == "role" else "",
            person=self.people[value] if sort == "person" else None,
            needed=given["needed"] or 1,
            deadline_days=given["deadline_days"],
            escalates_to=given["escalates_to"],
        )


def step_forms(
    organisation: Organisation, data: Any = None, rule: ApprovalRule | None = None
) -> list[StepForm]:
    """A form for each step that a rule may have, filled with those that it has."""
    people = list(colleagues(organisation))
    steps = [] if rule is None else list(rule.steps.order_by("position"))
    initials = [
        {
            "who": f"person:{step.person_id}" if step.person_id else f"role:{step.role}",
            "needed": step.needed,
            "deadline_days": step.deadline_days,
            "escalates_to": step.escalates_to,
        }
        for step in steps
    ]
    initials += [{}] * (STEPS_MAX - len(initials))
    return [
        StepForm(data, prefix=f"step-{number}", initial=initial, people=people)
        for number, initial in enumerate(initials, start=1)
    ]


def initial_of(rule: ApprovalRule) -> dict[str, Any]:
    """A rule as its form shows it."""
    amounts = {
        name: None if minor is None else formats.from_minor(minor, rule.unit)
        for name, minor in (("amount_from", rule.amount_from_minor), ("amount_to", rule.amount_to_minor))
    }
    return {
        "kind": rule.kind,
        "unit": rule.unit,
        "risk": rule.risk,
        "segment": rule.segment,
        "lapses_after_days": rule.lapses_after_days,
        **amounts,
    }
