"""What ``once`` leaves behind is all that a static host needs; the documented nginx serves it."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import pytest
from lxml import html
from program import CONFIG, run, site, until, write

OPERATING = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
NGINX = shutil.which("nginx", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
TYPES = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The output of one run: two categories, one of them in Chinese, and an archive."""
    root = site(tmp_path, CONFIG.replace("sources:", "publish: {limit: 2}\nsources:", 1))
    for number in range(60):
        write(root, f"Article {number}", more="tags: [新闻]\n")
    done = run(root, "once")
    assert done.returncode == 0, done.stderr
    return root / "feeds"


def test_every_link_of_a_page_to_another_is_relative_and_leads_somewhere(published: Path) -> None:
    pages = sorted(published.rglob("*.html"))
    assert len(pages) > 60
    followed = 0
    for page in pages:
        there = f"http://site/sub/{page.relative_to(published).as_posix()}"
        for link in html.parse(str(page)).iter("a", "link", "img"):
            target = link.get("href") or link.get("src")
            if not target or urlsplit(target).scheme:
                continue
            assert not target.startswith("/"), page
            path = unquote(urlsplit(urljoin(there, target)).path).removeprefix("/sub/")
            file = published / path
            assert (file / "index.html" if file.is_dir() else file).is_file(), (page, target)
            followed += 1
    assert followed > len(pages)


@contextlib.contextmanager
def hosted(folder: Path, root: Path) -> Iterator[httpx.Client]:
    """Run the documented server over a folder."""
    (sample,) = re.findall(
        r"### nginx\n.*?```nginx\n(.*?)```", OPERATING.read_text("utf-8"), re.DOTALL
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for documented, here in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("/var/lib/aggregator/feeds", str(root)),
    ):
        assert documented in sample
        sample = sample.replace(documented, here)
    folder.mkdir()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    quiet = f"pid {folder}/pid;\nerror_log stderr error;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(
        f"{quiet}http {{\naccess_log off;\ntypes {{ text/html html; }}\n{temporary}{sample}}}\n"
    )
    command = [str(NGINX), "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]

    def listening() -> bool:
        assert process.poll() is None
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        return False

    with subprocess.Popen([*command, "-g", "daemon off; master_process off;"]) as process:
        try:
            until(listening)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}/") as client:
                yield client
        finally:
            process.terminate()


@pytest.mark.skipif(NGINX is None, reason="needs nginx")
def test_the_documented_nginx_serves_it_right(published: Path, tmp_path: Path) -> None:
    with hosted(tmp_path / "nginx", published) as client:
        for inside in ("", "news/", "新闻/"):
            assert client.get(inside).headers["content-type"] == "text/html; charset=utf-8"
            for name, kind in TYPES.items():
                first = client.get(inside + name)
                assert (first.status_code, first.headers["content-type"]) == (200, kind)
                assert first.headers["content-encoding"] == "gzip"
                assert first.content == (published / inside / name).read_bytes()
                tag = {"If-None-Match": first.headers["etag"]}
                assert client.get(inside + name, headers=tag).status_code == 304
        assert client.get("news/archive/rss-1.xml").headers["content-type"] == TYPES["rss.xml"]
        assert client.get("feeds.opml").headers["content-type"].startswith("text/x-opml")
        assert client.get("nothing/rss.xml").status_code == 404
        (published / "_redirects").write_text("/a/* /b/:splat 301\n")
        assert client.get("_redirects").status_code == 403
