"""Addresses that feeds had before their categories were renamed."""

import functools
from urllib.parse import quote

import httpx
import pytest

# Reading the system's certificates takes longer than any request here.
FETCH = functools.partial(httpx.get, verify=False)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/old/rss.xml", "/new/rss.xml"),
        ("/old/", "/new/"),
        ("/old", "/new/"),
        ("/old/atom.xml?x=1", "/new/atom.xml?x=1"),
        (f"/{quote('旧')}/feed.json", f"/{quote('金融')}/{quote('新')}/feed.json"),
        (f"/a/b/{quote('旧')}/rss.xml", "/new/rss.xml"),
    ],
)
def test_they_lead_to_the_new_ones(site, asked: str, answered: str) -> None:  # type: ignore[no-untyped-def]
    lines = [("old", "new"), (quote("旧"), quote("金融/新")), (f"a/b/{quote('旧')}", "new")]
    text = "".join(f"/{old}/* /{new}/:splat 301\n" for old, new in lines)
    (site.root / "_redirects").write_text(
        f"# a comment\n{text}nonsense\n/x/* http://evil.example/\n"
    )
    said = FETCH(site.url + asked)
    assert said.status_code == 301
    assert said.headers["location"].startswith((".", "new"))
    assert str(said.url.join(said.headers["location"])) == site.url + answered
    assert "max-age" in said.headers["cache-control"]
    assert FETCH(f"{site.url}/x/rss.xml").status_code == 404
    assert FETCH(f"{site.url}/older/rss.xml").status_code == 404


def test_an_edit_counts_at_once(site) -> None:  # type: ignore[no-untyped-def]
    (site.root / "rss.xml").write_text("<rss/>")
    assert FETCH(f"{site.url}/old/rss.xml").status_code == 404
    (site.root / "_redirects").write_text("/old/* /new/:splat 301\n")
    assert FETCH(f"{site.url}/old/rss.xml").status_code == 301
    assert FETCH(f"{site.url}/rss.xml").status_code == 200
    (site.root / "_redirects").unlink()
    assert FETCH(f"{site.url}/old/rss.xml").status_code == 404
