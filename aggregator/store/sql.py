"""Statements that both databases know, spelt once."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: sa.Table) -> Any:
    """Return an INSERT that knows ON CONFLICT; the two databases spell it alike."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def upsert(
    connection: AsyncConnection, table: sa.Table, columns: Sequence[str], where: Any = None
) -> Any:
    """Return an INSERT that writes these columns where the primary key is there already."""
    statement = insert(connection, table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns},
        where=where,
    )


def among(connection: AsyncConnection, column: Any, values: Iterable[Any]) -> Any:
    """Return the condition that a column holds one of any number of values.

    They travel as one parameter: the databases limit parameters (SQLite to 32,766), and a
    statement that never changes its text is compiled once.
    """
    distinct = list(dict.fromkeys(values))
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.literal(distinct, postgresql.ARRAY(column.type)))
    each = sa.func.json_each(sa.literal(json.dumps(distinct), sa.Text)).table_valued("value")
    return column.in_(sa.select(each.c.value))
