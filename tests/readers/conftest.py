"""The sample articles, published once, as any static host would serve them."""

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
title: Samples
base_url: {url}
sources:
  - directory: {inbox}
    name: Samples
    remove: [.appendQr_wrap, .article-editor]
feeds:
  - name: Things made by hand
    categories: [Kitchen, 手艺]
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address and the folder of the published samples."""
    folder = tmp_path_factory.mktemp("samples")
    output = folder / "feeds"
    output.mkdir()
    handler = functools.partial(_Quiet, directory=str(output))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        config = folder / "aggregator.yaml"
        config.write_text(CONFIG.format(url=url, inbox=ROOT / "examples" / "inbox"), "utf-8")
        command = [sys.executable, "-m", "aggregator", "once", "-c", str(config)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        yield url, output
        server.shutdown()
