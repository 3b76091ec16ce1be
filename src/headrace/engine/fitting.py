"""Whether the files bring what a programme asks for."""

from collections.abc import Iterator, Mapping

from headrace.engine.additions import NAME as ADDED
from headrace.engine.additions import TABLES
from headrace.engine.faults import Fault, InputError
from headrace.engine.fields import Columns
from headrace.engine.nodes import Aggregate, Field, walk
from headrace.engine.programme import Programme, Rule
from headrace.engine.scales import Flat, Lookup, Pay, Scale
from headrace.engine.tables import Inputs, kind_of


def columns_of(inputs: Inputs) -> Columns:
    """What each table holds, by the names that expressions use."""
    return {
        name: {} if table is None else {column.name: kind_of(column.type) for column in table.schema}
        for name, table in inputs.by_name().items()
    }


def check_measures(programme: Programme, inputs: Inputs, paths: Mapping[str, str]) -> None:
    """A column that a rule adds up must be in the file: left out, it would pay nothing without a word.

    `paths` names the file of each table; what is in none was added. Raises InputError.
    """
    faults = {}
    for rule in programme.rules:
        table = getattr(inputs, TABLES[rule.facts])
        for column in _added_up(rule):
            if table is not None and column not in table.column_names:
                right = f'the rule "{rule.key}" adds it up'
                path = paths.get(TABLES[rule.facts], ADDED)
                faults[path, column] = Fault(path, "the column is missing", right, column=column)
    if faults:
        raise InputError(faults.values())


def without_facts(programme: Programme, inputs: Inputs) -> list[Rule]:
    """The rules for whose kind of fact there is no file: they earn nothing."""
    return [rule for rule in programme.rules if getattr(inputs, TABLES[rule.facts]) is None]


def _is_fixed_sum(scale: Scale) -> bool:
    """Whether a scale pays sums alone, so that the usual measure plays no part."""
    pays: list[Flat | Pay] = [scale] if isinstance(scale, Flat) else []
    if isinstance(scale, Lookup):
        pays = [pay for pay in (*scale.values.values(), scale.otherwise) if pay is not None]
    return bool(pays) and all(pay.rate is None and pay.per_unit is None for pay in pays)


def _added_up(rule: Rule) -> Iterator[str]:
    """The columns of facts inside the rule's measures."""
    measures = [rule.base, rule.scale.on, *(gate.condition for gate in rule.gates)]
    if rule.base is None and rule.scale.on is None and not _is_fixed_sum(rule.scale):
        measures.append(rule.x)
    for measure in filter(None, measures):
        for node, _ in walk(measure):
            if isinstance(node, Aggregate) and node.argument is not None:
                yield from (
                    inner.name
                    for inner, _ in walk(node.argument)
                    if isinstance(inner, Field) and inner.namespace == "fact"
                )
