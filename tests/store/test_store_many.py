"""Many rows that are written at one go, and the documents of some folders."""

import asyncio
from typing import Any

import sqlalchemy as sa
from store_samples import DAY, INBOX, opened

from aggregator.store import DocumentState
from aggregator.store.schema import articles, events, notes
from aggregator.store.sql import upsert, write_rows

_MANY = 100


def test_values_of_many_rows_come_back_as_they_went_in(store_url: str) -> None:
    details: list[Any] = [{"n": n, "said": "ü “quoted” 王", "none": None} for n in range(_MANY)]

    async def work() -> None:
        async with opened(store_url) as store, store._write() as connection:
            article = {"key": "k", "entry_id": "urn:k", "source_id": 1, "content_hash": "h"}
            empty = {"authors": [], "enclosures": [], "problems": [], "origin": None}
            dated = {"published": DAY, "updated": DAY, "id": 1}
            await connection.execute(sa.insert(articles).values(article | empty | dated))
            rows = [
                {"article_id": 1, "at": DAY, "source_id": None, "kind": str(n), "detail": detail}
                for n, detail in enumerate(details)
            ]
            await write_rows(connection, sa.insert(events), rows)
            found = (await connection.execute(sa.select(events).order_by(events.c.id))).all()
            assert [row.detail for row in found] == details
            assert {(row.at, row.source_id) for row in found} == {(DAY, None)}

    asyncio.run(work())


def test_many_rows_replace_those_that_are_there(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            for value in ("old", "new"):
                rows = [{"name": f"n{n}", "value": value} for n in range(_MANY)]
                async with store._write() as connection:
                    await write_rows(connection, upsert(connection, notes, ("value",)), rows)
            assert {await store.note(f"n{n}") for n in range(_MANY)} == {"new"}

    asyncio.run(work())


def test_documents_in_some_folders_are_found(store_url: str) -> None:
    names = ["top.md", "a/1.md", "a/deep/2.md", "ab/3.md", "A/4.md", "a_b%/5.md", "axb%/6.md"]

    async def work() -> None:
        async with opened(store_url) as store:
            number = (await store.source_state(INBOX.key)).id
            async with store.batch(number) as batch:
                await batch.remember([DocumentState(name=n, validators=n) for n in names])

            async def found(*folders: str) -> set[str]:
                return set(await store.seen_in(number, folders))

            assert {"a/1.md"} <= await found("a") <= {"a/1.md", "a/deep/2.md", "A/4.md"}
            assert await found("a_b%") == {"a_b%/5.md"}
            assert await found("a/deep", "ab") == {"a/deep/2.md", "ab/3.md"}
            assert await found("") == set(names)
            assert await found(*(f"f{n}" for n in range(50)), "a") == set(names)
            assert await found() == set()

    asyncio.run(work())
