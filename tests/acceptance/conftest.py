"""What acceptance tests share."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

FEED = """\
<?xml version="1.0"?>
<rss version="2.0"><channel><title>Elsewhere</title><link>http://127.0.0.1/</link>
<item><title>From the web</title><guid isPermaLink="false">a</guid>
<pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate><description>Some text of it.</description></item>
</channel></rss>
"""


class Web(ThreadingHTTPServer):
    """A web server on this machine that counts what it is asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = {"/feed.xml": FEED}
        self.asked: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Web)
        self.server.asked[self.path] += 1
        body = self.server.pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
