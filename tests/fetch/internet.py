"""An internet of a test's own: DNS that knows what the test says, and a loop that lets nothing out.

Both stand below the program and the libraries that it uses, in place of the operating system.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
Answers = Mapping[str, Callable[[], list[str]]]
PUBLIC = "93.184.216.34"


def dns(answers: Answers) -> Callable[..., list[Any]]:
    """Return a getaddrinfo that reads numbers as the C library does, and asks nobody for names."""
    system = socket.getaddrinfo

    def getaddrinfo(
        host: str,
        port: int,
        family: int = 0,
        type: int = 0,  # noqa: A002 - its name in the system
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        name = host.removesuffix(".").lower()
        here = name == "localhost" or name.endswith(".localhost")
        found = answers[name]() if name in answers else ["127.0.0.1", "::1"] if here else [host]
        numeric = socket.AI_NUMERICHOST
        return [info for one in found for info in system(one, port, family, type, proto, numeric)]

    return getaddrinfo


class Internet(asyncio.SelectorEventLoop):
    """Notes every connection; lets those to this machine and to ``PUBLIC`` through to it."""

    def __init__(self, web_port: int) -> None:
        super().__init__()
        self.web_port = web_port
        self.connections: list[tuple[str, int]] = []

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        host, port = address[0], address[1]
        self.connections.append((host, port))
        if host == PUBLIC:
            await super().sock_connect(sock, ("127.0.0.1", self.web_port))
        elif ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            await super().sock_connect(sock, address)
        else:
            raise ConnectionRefusedError("nothing goes out of a test")


def within(
    work: Callable[[], Coroutine[Any, Any, T]], web_port: int, answers: Answers | None = None
) -> tuple[T, list[tuple[str, int]]]:
    """Run in such a loop; return the result and every connection that was tried."""
    made: list[Internet] = []

    def start() -> Internet:
        made.append(Internet(web_port))
        return made[0]

    with (
        pytest.MonkeyPatch.context() as system,
        asyncio.Runner(loop_factory=start) as runner,
    ):
        system.setattr(socket, "getaddrinfo", dns(answers or {}))
        result = runner.run(work())
    return result, made[0].connections
