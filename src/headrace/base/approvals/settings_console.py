"""Settings of approvals: the rules in force, their history, and changes that others have to agree to."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from headrace.base.access import for_brand, user_of
from headrace.base.approvals import queries, rule_changes
from headrace.base.approvals.access import get_rule
from headrace.base.approvals.forms import RuleForm, initial_of, step_forms
from headrace.base.approvals.kinds import all_kinds
from headrace.base.models import ApprovalRequest, ApprovalRule


@for_brand
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force and the changes that wait, by kind; and what holds where there is no rule."""
    found = list(
        ApprovalRule.objects.filter(
            organisation=user_of(request).organisation_id, ended_at=None, refused_at=None
        )
        .prefetch_related("steps__person")
        .order_by("kind", "amount_from_minor", "pk")
    )
    kinds = {kind.code: kind.label for kind in all_kinds()}
    context = {
        "in_force": [(rule, kinds[rule.kind]) for rule in found if rule.in_force_at],
        "proposed": [(rule, kinds[rule.kind]) for rule in found if not rule.in_force_at],
        "without_rule": [
            kind for kind in all_kinds() if kind.code not in {rule.kind for rule in found if rule.in_force_at}
        ],
    }
    return render(request, "base/approvals/rules.html", context)


@for_brand
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of a rule with its steps, how it came into force, and its other versions."""
    found = get_rule(request, pk)
    versions = ApprovalRule.objects.filter(organisation=found.organisation_id, key=found.key)
    change = ApprovalRequest.objects.filter(
        organisation=found.organisation_id,
        kind=rule_changes.RULE_CHANGE,
        subject=f"approval_rule:{found.pk}",
    )
    context = {
        "rule": found,
        "lines": queries.lines_of(rule_changes.RULE_CHANGE, rule_changes.seen_of(found)),
        "versions": versions.select_related("proposed_by").order_by("-pk"),
        "change": change.order_by("-pk").first(),
        "is_in_force": rule_changes.is_in_force(found),
    }
    return render(request, "base/approvals/rule.html", context)


@for_brand
def new_rule(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@for_brand
def change_rule(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_rule(request, pk))


def _edit(request: HttpRequest, before: ApprovalRule | None) -> HttpResponse:
    """The form of a rule; what is filled in is proposed, not in force."""
    user = user_of(request)
    data = request.POST or None
    form = RuleForm(before.kind if before else "", data, initial=initial_of(before) if before else None)
    steps = step_forms(user.organisation, data, before)
    if request.method == "POST" and all([form.is_valid(), *(step.is_valid() for step in steps)]):
        given = [step.step for step in steps]
        try:
            made = rule_changes.propose_rule(
                organisation=user.organisation,
                user=user,
                scope=form.scope,
                steps=[step for step in given if step is not None],
                replaces=before,
            )
            messages.success(
                request, _("The change is proposed. It is in force once others have approved it.")
            )
            return redirect("console:approval_rule", made.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request, "base/approvals/edit_rule.html", {"form": form, "step_forms": steps, "before": before}
    )


@for_brand
def end_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then proposes that the rule ends."""
    found = get_rule(request, pk)
    if request.method == "POST":
        try:
            end = rule_changes.propose_end(rule=found, user=user_of(request))
            messages.success(
                request, _("The change is proposed. It is in force once others have approved it.")
            )
            return redirect("console:approval_rule", end.pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("console:approval_rule", found.pk)
    return render(request, "base/approvals/end_rule.html", {"rule": found})
