"""Statements that both databases know, spelt once.

Those that are executed all the time are made once, with names for what is given at each execution:
to make a statement anew, and to find what it was compiled to, takes 0.16 ms, which is two thirds of
what it takes to execute one.
"""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def given(column: sa.Column[Any], name: str) -> sa.BindParameter[Any]:
    """Return a place for a value of a column that is given at each execution under a name.

    No name of a column of a table that is written: it would be written, too.
    """
    return sa.bindparam(name, type_=column.type)


def among(column: Any, values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a column holds one of any number of values.

    They travel as one parameter: the databases limit parameters (SQLite to 32,766), and a
    statement that never changes its text is compiled once.
    """
    return _Among(column, sa.literal(list(values), _Many(column.type)))


def among_given(column: Any, name: str) -> sa.ColumnElement[bool]:
    """Return the same for the values that are given at each execution under a name."""
    return _Among(column, sa.bindparam(name, type_=_Many(column.type)))


class _Many(sa.types.TypeDecorator[Sequence[Any]]):
    """Any number of values as one parameter: JSON for SQLite, an array for PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, of: Any) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return postgresql.ARRAY(self.of) if dialect.name == "postgresql" else sa.Text()

    def process_bind_param(self, value: Iterable[Any] | None, dialect: sa.Dialect) -> Any:
        distinct = list(dict.fromkeys(value or ()))
        return distinct if dialect.name == "postgresql" else json.dumps(distinct)


class _Among(FunctionElement[bool]):
    """A column, and the values that it may hold."""

    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        """Return the condition as it is: SQLite would be asked whether it is 1."""
        return self


@compiles(_Among, "sqlite")
def _among_json(element: _Among, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled


@compiles(_Among, "postgresql")
def _among_array(element: _Among, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} = ANY ({values})"


def insert(dialect: str, table: sa.Table) -> Any:
    """Return an INSERT that knows ON CONFLICT; the two databases spell it alike."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def insert_missing(connection: AsyncConnection, table: sa.Table) -> Any:
    """Return an INSERT that leaves rows as they are that are there already."""
    return _insert_missing(connection.dialect.name, table)


@functools.cache
def _insert_missing(dialect: str, table: sa.Table) -> Any:
    return insert(dialect, table).on_conflict_do_nothing()


def upsert(
    connection: AsyncConnection, table: sa.Table, columns: Sequence[str], where: Any = None
) -> Any:
    """Return an INSERT that writes these columns where the primary key is there already.

    It is kept: whoever asks makes ``where`` once.
    """
    return _upsert(connection.dialect.name, table, tuple(columns), where)


@functools.cache
def _upsert(dialect: str, table: sa.Table, columns: tuple[str, ...], where: Any) -> Any:
    statement = insert(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns},
        where=where,
    )


# Rows from which on the way around SQLAlchemy saves more than compiling a statement costs.
_MANY = 64


async def write_rows(
    connection: AsyncConnection, statement: Any, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Execute an INSERT whose only parameters are its columns, once for each row.

    SQLAlchemy builds the parameters of each row one by one. Measured on SQLite, 82,000 rows of
    three columns take 0.32 s that way, and 0.12 by columns.
    """
    if len(rows) < _MANY or connection.dialect.name == "postgresql":
        await connection.execute(statement, rows)
        return
    compiled = _compiled(statement, connection.dialect, tuple(rows[0]))
    columns = (
        _stored(statement.table.c[name].type, connection, [row[name] for row in rows])
        for name in compiled.positiontup
    )
    await connection.exec_driver_sql(str(compiled), list(zip(*columns, strict=True)))


@functools.lru_cache
def _compiled(statement: Any, dialect: sa.Dialect, columns: tuple[str, ...]) -> Any:
    return statement.compile(dialect=dialect, column_keys=list(columns))


def _stored(kind: Any, connection: AsyncConnection, values: list[Any]) -> list[Any]:
    """Return values of a type in the form in which the driver takes them."""
    process = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return [process(value) for value in values] if process else values
