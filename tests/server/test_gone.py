"""Feeds that were published once and are not wanted any longer."""

import functools
from urllib.parse import quote

import httpx
import pytest

from aggregator.terms import Terms

# Reading the system's certificates takes longer than any request here.
FETCH = functools.partial(httpx.get, verify=False)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/both/rss.xml", 410),
        ("/both/", 410),
        ("/both", 410),
        ("/both/archive/1.xml", 410),
        (f"/{quote('中文')}/feed.json", 410),
        ("/both/live/rss.xml", 200),
        ("/rss.xml", 200),
        ("/bothered/rss.xml", 404),
        ("/x/both/rss.xml", 404),
        ("/old/rss.xml", 301),
    ],
)
def test_what_was_retired_is_gone(site, path: str, status: int) -> None:  # type: ignore[no-untyped-def]
    for folder in ("both", "both/archive", "both/live"):
        (site.root / folder).mkdir()
    for name in ("rss.xml", "both/rss.xml", "both/archive/1.xml", "both/live/rss.xml"):
        (site.root / name).write_text("<rss/>")
    (site.root / "_redirects").write_text("/old/* /new/:splat 301\n")
    site.terms = Terms(gone=frozenset({"both", "中文"}))
    answer = FETCH(site.url + path)
    assert answer.status_code == status
    if status == 410:
        assert "not published any longer" in answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        site.terms = Terms()
        assert FETCH(site.url + path).status_code in {200, 308, 404}
