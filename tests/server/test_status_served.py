from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from aggregator.server.pages import _distance, _harmless
from aggregator.store import FeedStatus, SourceStatus

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WELL = SourceStatus(name="收件箱", kind="directory", target="inbox/", status="ok", articles=12)
ILL = SourceStatus(
    name="<script>alert(1)</script>",
    kind="feed",
    target="https://user:secret@example.org/feed",
    status="error",
    error="503 <Service Unavailable>",
    problems=3,
)
EVERYTHING = FeedStatus(slug="", title="", entries=50)
FEED = FeedStatus(slug="新浪财经-国內", title="أخبار", entries=50, updated=NOW)


def test_health_of_a_well_program(site) -> None:
    site.told = replace(site.told, sources=(WELL,))
    answer = httpx.get(verify=False, url=f"{site.url}/healthz")
    assert answer.json() == {"status": "ok", "sources": 1, "failing": 0}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("sources", "config_error", "failing"), [((WELL, ILL), "", 1), ((WELL,), "line 3: bad", 0)]
)
def test_degraded_is_not_down(site, sources, config_error: str, failing: int) -> None:
    site.told = replace(site.told, sources=sources, config_error=config_error)
    answer = httpx.get(verify=False, url=f"{site.url}/healthz")
    assert answer.status_code == 200
    expected = {"status": "degraded", "sources": len(sources), "failing": failing}
    assert answer.json() == expected


def test_a_broken_program_is_unavailable(site, caplog) -> None:
    site.told = RuntimeError("no database")
    assert httpx.get(verify=False, url=f"{site.url}/healthz").status_code == 503
    page = httpx.get(verify=False, url=f"{site.url}/status")
    assert page.status_code == 503
    assert "no database" not in page.text
    assert "no database" in caplog.text


def test_the_status_page_tells_and_escapes(site) -> None:
    site.told = replace(
        site.told, sources=(WELL, ILL), feeds=(EVERYTHING, FEED), config_error="feeds.yaml:3: <bad>"
    )
    answer = httpx.get(verify=False, url=f"{site.url}/status")
    assert answer.status_code == 200
    for told in (
        "收件箱",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "503 &lt;Service Unavailable&gt;",
        "feeds.yaml:3: &lt;bad&gt;",
        'href="./%E6%96%B0%E6%B5%AA%E8%B4%A2%E7%BB%8F-%E5%9B%BD%E5%85%A7/"',
        "https://example.org/feed",
        '<a href="./" dir="auto">Everything</a>',
        "2 sources, 1 failing",
        'role="alert"',
    ):
        assert told in answer.text
    assert "<script" not in answer.text
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_empty_program_has_a_status_page_too(site) -> None:
    page = httpx.get(verify=False, url=f"{site.url}/status").text
    assert "All is well" in page
    assert "No source yet" in page
    assert 'role="alert"' not in page


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOW, "now"),
        (NOW.replace(hour=11), "1 h ago"),
        (NOW.replace(hour=11, minute=57), "3 min ago"),
        (NOW.replace(minute=0, second=59), "in 59 s"),
        (NOW.replace(day=30), "in 28 d"),
    ],
)
def test_distance(moment: datetime, expected: str) -> None:
    assert _distance(moment, NOW) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("inbox/", "inbox/"),
        ("https://u:p@example.org/a?b#c", "https://example.org/a?b#c"),
        ("https://example.org/", "https://example.org/"),
        ("https://[broken", "https://[broken"),
        ("/home/u@h/x", "/home/u@h/x"),
    ],
)
def test_passwords_are_not_shown(target: str, expected: str) -> None:
    assert _harmless(target) == expected
