"""A web server for tests, on a free port, in a thread: what it answers is set path by path."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Headers = list[tuple[str, str | bytes]]


@dataclass
class Reply:
    """An answer. ``write`` takes the place of the body for what a body cannot say."""

    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=list)
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class Web:
    """What is served, by path, and the headers of every request as they came."""

    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def sent(self, number: int = -1) -> dict[str, str]:
        """The headers of a request, names in lower case."""
        return self.requests[number][1]


@contextlib.contextmanager
def serving() -> Iterator[Web]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = {name.lower(): value for name, value in self.headers.items()}
            web.requests.append((self.path, sent))
            reply = web.replies.get(self.path, Reply(status=404))
            _answer(self, reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web = Web(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    with contextlib.suppress(ConnectionError):
        names = {name.lower() for name, _ in reply.headers}
        lines = [f"HTTP/1.1 {reply.status} Reason".encode()]
        for name, value in reply.headers:
            raw = value if isinstance(value, bytes) else value.encode()
            lines.append(name.encode() + b": " + raw)
        if "content-length" not in names and reply.write is None:
            lines.append(b"Content-Length: %d" % len(reply.body))
        handler.wfile.write(b"\r\n".join(lines) + b"\r\n\r\n")
        handler.wfile.flush()
        if reply.write:
            reply.write(handler)
            handler.close_connection = True
        elif reply.status != 304:
            handler.wfile.write(reply.body)
