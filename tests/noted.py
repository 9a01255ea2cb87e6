"""What a server answered, for tests of those who ask."""

from dataclasses import dataclass, field
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Answer(NamedTuple):
    """One answer: to what, with which status, and how many bytes of a body."""

    path: str
    status: int
    size: int


@dataclass
class Noted:
    """An application with a note of every answer."""

    app: ASGIApp
    answers: list[Answer] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = size = 0

        async def noting(message: Message) -> None:
            nonlocal status, size
            status = message.get("status", status)
            size += len(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.answers.append(Answer(scope["path"], status, size))
            await send(message)

        await self.app(scope, receive, noting)
