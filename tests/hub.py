"""A hub for tests (W3C WebSub), on a free port, in threads: an honest one unless told otherwise."""

import contextlib
import hashlib
import hmac
import http.client
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

Form = dict[str, str]


@dataclass
class Told:
    """What a subscriber answered."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class Hub:
    """What it was asked, in order, and how it behaves.

    ``status`` is what it answers; ``verifies``: it verifies what it was asked for, with the fields
    of ``lies`` in place of the right ones (None leaves one out). ``subscribers`` has the forms of
    those that confirmed, by callback; ``confirmed`` what they answered. ``deliver``: what it is
    told of it fetches, and brings to its subscribers.
    """

    url: str
    status: int = 202
    verifies: bool = True
    deliver: bool = False
    lies: dict[str, str | None] = field(default_factory=dict)
    headers: Form = field(default_factory=dict)
    asked: list[Form] = field(default_factory=list)
    fields: list[Form] = field(default_factory=list)
    confirmed: list[Told] = field(default_factory=list)
    subscribers: dict[str, Form] = field(default_factory=dict)

    def ask(self, callback: str, **query: str | None) -> Told:
        """Ask a subscriber; ``hub_mode`` stands for hub.mode."""
        given = {k.replace("_", ".", 1): v for k, v in query.items() if v is not None}
        return send("GET", f"{callback}?{urlencode(given)}")

    def verify(self, form: Form) -> Told:
        """Ask a subscriber whether a request was its own."""
        challenge = secrets.token_hex()
        query: dict[str, str | None] = {
            "hub_mode": form["hub.mode"],
            "hub_topic": form["hub.topic"],
            "hub_challenge": challenge,
            "hub_lease_seconds": form.get("hub.lease_seconds"),
        }
        told = self.ask(form["hub.callback"], **(query | self.lies))
        self.confirmed.append(told)
        if told.status == 200 and told.body == challenge.encode():
            if form["hub.mode"] == "subscribe":
                self.subscribers[form["hub.callback"]] = form
            else:
                self.subscribers.pop(form["hub.callback"], None)
        return told

    def fetch(self, form: Form) -> None:
        """Fetch what changed, and deliver it."""
        news = send("GET", form["hub.url"])
        for callback, wanted in list(self.subscribers.items()):
            if wanted["hub.topic"] == form["hub.url"]:
                signed = signature(news.body, wanted["hub.secret"])
                send("POST", callback, news.body, {"X-Hub-Signature": signed})

    def push(self, body: bytes, method: str = "sha256", secret: str = "", **headers: str) -> Told:
        """Deliver to the only subscriber, signed by its own secret unless another one is given."""
        ((callback, form),) = self.subscribers.items()
        signed = signature(body, secret or form["hub.secret"], method)
        return send("POST", callback, body, {"X-Hub-Signature": signed, **headers})


def signature(body: bytes, secret: str, method: str = "sha256") -> str:
    """Return the value of X-Hub-Signature."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def send(method: str, url: str, body: bytes | None = None, headers: Form | None = None) -> Told:
    """Send a request, and return the answer whatever its status is."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return Told(answer.status, answer.read(), fields)
    finally:
        connection.close()


@contextlib.contextmanager
def hub() -> Iterator[Hub]:
    """Run a hub until the block ends."""
    verifying: list[threading.Thread] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, strict_parsing=True))
            one.asked.append(form)
            one.fields.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(one.status)
            for name, value in {"Content-Length": "0", **one.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            publishes = form["hub.mode"] == "publish"
            if one.status < 300 and (one.deliver if publishes else one.verifies):
                work = one.fetch if publishes else one.verify
                thread = threading.Thread(target=work, args=(form,))
                verifying.append(thread)
                thread.start()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one = Hub(url=f"http://127.0.0.1:{server.server_port}/hub")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        for unfinished in verifying:
            unfinished.join()
