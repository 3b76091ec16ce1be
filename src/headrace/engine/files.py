"""Loads files of facts and of what they refer to into the inputs of a calculation: all, or nothing."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import pyarrow as pa

from headrace.engine.casting import (
    RIGHT,
    RIGHT_TYPE,
    WrongTypeError,
    WrongValues,
    from_text,
    from_typed,
    guessed,
    kept_kind,
)
from headrace.engine.checking import (
    DATED,
    REQUIRED,
    Loaded,
    check_references,
    check_table,
    with_closed_validity,
)
from headrace.engine.faults import Fault, Faults, InputError, shown
from headrace.engine.reading import Source, read
from headrace.engine.tables import STANDARD, Inputs, Kind

# The files of a calculation, each with the kind of row it holds.
SINGULAR: Mapping[str, str] = {
    "sales": "sale",
    "deals": "deal",
    "events": "event",
    "partners": "partner",
    "people": "person",
    "products": "product",
    "customers": "customer",
    "targets": "targets",
    "rates": "rates",
}


def load(paths: Mapping[str, str]) -> Inputs:
    """The inputs in the files; `paths` gives for sales, deals, events, partners, ... the file, or `-`.

    Columns are typed as tables.py has them; further ones by what they hold. Raises InputError with all that
    is wrong: nothing is half-loaded.
    """
    return inputs_of(load_tables(paths))


def load_tables(paths: Mapping[str, str]) -> list[Loaded]:
    """The files with their rows typed, once all that must hold between them does. Raises InputError."""
    faults = Faults()
    loaded = []
    for name, path in paths.items():
        try:
            source = read(path)
            loaded.append(Loaded(name, source, typed(name, source)))
        except InputError as error:
            faults.add_all(error)
    faults.raise_if_any()
    for each in loaded:
        check_table(each, faults)
    check_references(loaded, faults)
    faults.raise_if_any()
    return loaded


def inputs_of(loaded: Iterable[Loaded]) -> Inputs:
    """The tables as inputs of a calculation."""
    return Inputs(
        **{
            each.name: with_closed_validity(each.table) if each.name in DATED else each.table
            for each in loaded
        }
    )


def typed(name: str, source: Source, known: Mapping[str, Kind] | None = None) -> pa.Table:
    """The rows with the types of the standard columns; further columns as in `known`, else by what they hold.

    Raises InputError.
    """
    faults = Faults()
    _check_columns(name, source, faults)
    faults.raise_if_any()
    kinds = {**(known or {}), **STANDARD[SINGULAR[name]]}
    columns: dict[str, pa.ChunkedArray] = {}
    for column in source.table.column_names:
        result = _typed_column(source, column, kinds.get(column))
        if isinstance(result, InputError):
            faults.add_all(result)
        else:
            columns[column] = result
    faults.raise_if_any()
    return pa.table(columns)


def _check_columns(name: str, source: Source, faults: Faults) -> None:
    present = source.table.column_names
    place = "line 1" if source.data is not None else ""
    for column in REQUIRED[name]:
        if column not in present:
            near = get_close_matches(column, [other.lower() for other in present], n=1)
            alike = next((other for other in present if near and other.lower() == near[0]), None)
            mend = f"{shown(alike)} must be named so" if alike else f"only {', '.join(present)} are there"
            faults.add(Fault(source.name, "the column is missing", mend, place, column))


def _typed_column(source: Source, column: str, kind: Kind | None) -> pa.ChunkedArray | InputError:
    """The column as the kind it must have (None: what its values say), or what is wrong with it."""
    values = source.table[column]
    try:
        if not source.untyped:
            kind = kind or kept_kind(values.type)
            result = from_typed(values, kind)
        elif kind is None:
            return guessed(values)
        else:
            result = from_text(values, kind)
    except WrongTypeError:
        exact = ", which can't hold cents exactly" if pa.types.is_floating(values.type) else ""
        mend = (
            RIGHT_TYPE[kind]
            if kind
            else "text, decimal, integer, date or bool would be right, or leave it out"
        )
        return InputError([Fault(source.name, f"a column of type {values.type}{exact}", mend, "", column)])
    if not isinstance(result, WrongValues):
        return result
    places = source.places(result.rows)
    faults = [
        Fault(source.name, shown(value), RIGHT[kind], place, column)
        for place, value in zip(places, result.values, strict=True)
    ]
    return InputError(faults, result.count - len(faults))
