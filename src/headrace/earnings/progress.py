"""Where everyone stands in the periods that are running: worked out once for each run, read by the portal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.earnings.figures import amount, decimal, exact, number
from headrace.earnings.models import Progress, Run
from headrace.engine import progress as engine
from headrace.engine.programme import Programme
from headrace.engine.tables import Inputs
from headrace.partners.models import Partner, Person

AnyRow = TypeVar("AnyRow", Partner, Person)


def of_run(run: Run, inputs: Inputs) -> Iterator[Progress]:
    """Unsaved rows: one for each recipient that has a next band to reach on the day of the snapshot."""
    programme = run.programme.current.parsed
    on = run.snapshot.as_of.date()
    if not run.programme.is_running(on):
        return
    partners = dict(_in_scope(run, "partners", Partner).values_list("code", "pk"))
    people = {person.code: person for person in _in_scope(run, "people", Person)}
    to_person = {rule.key for rule in programme.rules if rule.to == "person"}
    for found in _progress(programme, inputs, [*partners, *people], on):
        person = people.get(found.recipient) if found.rule in to_person else None
        partner_id = person.partner_id if person else partners.get(found.recipient)
        if found.value is None or found.next_bound is None or found.missing is None or partner_id is None:
            continue
        if found.value == 0 and not found.more:
            continue  # nothing was sold and nothing would be earned: the programme isn't for this one
        yield Progress(
            organisation_id=run.organisation_id,
            run=run,
            programme_id=run.programme_id,
            partner_id=partner_id,
            person=person,
            rule=found.rule,
            by=found.by,
            period_from=found.period.starts,
            period_to=found.period.ends,
            is_share=found.is_share,
            unit_of_measure=found.unit_of_measure,
            value=str(found.value),
            next_bound=str(found.next_bound),
            missing=str(found.missing),
            unit=found.unit,
            more_minor=None if found.more is None else int(found.more.scaleb(found.digits)),
        )


def _in_scope(run: Run, kind: str, model: type[AnyRow]) -> QuerySet[AnyRow]:
    """The partners or the people that a run is about."""
    found = model._default_manager.filter(organisation=run.organisation)
    return found if run.scope is None else found.filter(pk__in=run.scope[kind])


def _progress(
    programme: Programme, inputs: Inputs, recipients: Iterable[str], on: date
) -> Iterator[engine.Progress]:
    for found in engine.progress_of(programme, inputs, sorted(set(recipients)), on).values():
        yield from found


@dataclass(frozen=True)
class Goal:
    """The next band as a page shows it. `value` and `bound` place the bar; the texts are written already."""

    title: str
    period_from: date
    period_to: date
    value: Fraction
    bound: Fraction
    value_text: str
    bound_text: str
    sentence: str

    @property
    def spoken(self) -> str:
        """The bar for a screen reader."""
        return _("%(value)s of %(bound)s") % {"value": self.value_text, "bound": self.bound_text}


def goals_of(person: Person, today: date) -> list[Goal]:
    """What a person of a partner may reach next: an owner for the partner, a salesperson for itself."""
    mine = Q(person=person)
    if person.is_owner:
        mine |= Q(partner=person.partner, person=None)
    rows = (
        Progress.objects.filter(mine, period_from__lte=today, period_to__gte=today)
        .select_related("programme")
        .prefetch_related("programme__versions")
        .order_by("period_to", "programme__key", "rule", "by")
    )
    return [_goal(row) for row in rows]


def _goal(row: Progress) -> Goal:
    value, bound = Fraction(row.value), Fraction(row.next_bound)
    title = row.programme.title
    return Goal(
        title=f"{title} · {row.by}" if row.by else title,
        period_from=row.period_from,
        period_to=row.period_to,
        value=value,
        bound=bound,
        value_text=_measured(value, row),
        bound_text=_measured(bound, row),
        sentence=_sentence(row),
    )


def _measured(value: Fraction, row: Progress) -> str:
    if row.is_share:
        return formats.percent(decimal(value)[0], 1)
    return amount(value, row.unit_of_measure) if row.unit_of_measure else number(value)


def _sentence(row: Progress) -> str:
    """What is missing, by when, and what it brings."""
    missing = _missing(row)
    day = formats.long_day(row.period_to)
    if row.more_minor is None or row.more_minor <= 0:
        return _("Sell %(missing)s more by %(day)s to reach the next band.") % {
            "missing": missing,
            "day": day,
        }
    return _("Sell %(missing)s more by %(day)s to earn %(more)s more.") % {
        "missing": missing,
        "day": day,
        "more": formats.money(row.more_minor, row.unit),
    }


def _missing(row: Progress) -> str:
    missing = exact(row.missing)
    return amount(missing, row.unit_of_measure) if row.unit_of_measure else number(missing)
