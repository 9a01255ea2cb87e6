"""Visiting a source again and again, with what a scan would remember in between."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator.article import Document
from aggregator.fetch import open_client
from aggregator.sources import KINDS, Answered, Found, Known, Memory, Remote, Visit

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@dataclass
class Visitor:
    """A source that is visited. ``known`` are the uids that the store would have."""

    settings: dict[str, Any]
    root: Path = Path()
    now: datetime = NOON
    seen: dict[str, str] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def visit(self, *, forced: bool = False, **after: float) -> list[Found]:
        """Return all that a visit yields, so many ``days=``, ``hours=`` after the last one."""
        self.now += timedelta(**after)
        found = asyncio.run(self._visit(forced))
        for one in found:
            if isinstance(one, Document | Known):
                self.seen[one.name] = one.validators
            if isinstance(one, Answered):
                self.memories[one.name] = Memory.model_validate_json(one.memory.model_dump_json())
                if one.body is not None:
                    self.bodies[one.name] = one.body
        return found

    def document(self, **how: Any) -> Document | None:
        """Return the document that a visit yields, None if there is nothing to read."""
        documents = [one for one in self.visit(**how) if isinstance(one, Document)]
        assert len(documents) < 2
        return documents[0] if documents else None

    async def _visit(self, forced: bool) -> list[Found]:
        kind = next(iter(self.settings))
        model, documents = KINDS[kind]
        near = {"allow_private": True, "delay": 0} if issubclass(model, Remote) else {}
        settings = model.model_validate(near | self.settings)

        async def body(name: str) -> bytes | None:
            return self.bodies.get(name)

        async def known(uids: Any) -> frozenset[str]:
            return frozenset(self.known & set(uids))

        async with open_client() as client:
            visit = Visit(
                root=self.root,
                seen=dict(self.seen),
                client=client,
                memories=dict(self.memories),
                body=body,
                known=known,
                now=self.now,
                forced=forced,
            )
            return [one async for one in documents(settings, visit)]
