"""Documents made to take memory or time for ever end in an error or in a bounded read."""

import dataclasses
import html
import json
import socket
import subprocess
import sys
from pathlib import Path

import bombs
import pytest
from lxml import etree

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.parse.newest import MOST_ENTRIES
from aggregator.parse.parsed import Parsed
from aggregator.xmlsafe import MOST_NODES, parse_xml

MB_ALLOWED, SECONDS_ALLOWED = 100, 1.0

# What each is refused for; what is not here is read, as far as it goes.
REFUSED = {
    "a document type without end": "no known kind of feed",
    "elements": "more than 300,000 elements and attributes",
    "attributes": "more than 300,000 elements and attributes",
    "an element with endless attributes": "more than 1,000 attributes",
    "namespaces": "more than 1,000 attributes",
    "entries": "more than 300,000 elements and attributes",
    "categories": "more than 300,000 elements and attributes",
    "depth of JSON": "nested without end",
    "depth of objects": "nested without end",
    "lists": "more than 300,000 values",
    "a string without an end": "more than 300,000 values",
}

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what processes take")


def measured(*files: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, bombs.__file__, *files],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def read(body: bytes, media_type: str = "application/xml") -> Parsed:
    return parse(Document(name="x", body=body, media_type=media_type))


@linux
def test_what_they_take() -> None:
    found = measured()
    assert [one["name"] for one in found] == list(bombs.DOCUMENTS)
    assert [one for one in found if one["mb"] > MB_ALLOWED] == []
    assert [one for one in found if one["seconds"] > SECONDS_ALLOWED] == []
    assert {str(one["name"]) for one in found if one["said"]} == set(REFUSED)
    for one in found:
        assert REFUSED.get(str(one["name"]), "") in str(one["said"])


@linux
def test_the_measure_measures() -> None:
    """A plain tree of what is refused does take more than is allowed."""
    script = (
        "import types, bombs\nfrom lxml import etree\n"
        "bombs.parse = lambda d: types.SimpleNamespace(tree=etree.XML(d.body), articles=())\n"
        "print(bombs.measure('x', bombs.DOCUMENTS['elements'](), '')['mb'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(bombs.__file__).parent,
    )
    assert float(done.stdout) > MB_ALLOWED


@linux
def test_the_known_bombs(corpus: Path) -> None:
    files = sorted((corpus / "security" / "xml-bombs").glob("*.xml"))
    found = measured(*map(str, files))
    assert len(files) == 10
    assert len(found) == 5 * len(files)
    assert [one for one in found if one["mb"] > MB_ALLOWED or one["seconds"] > 1] == []
    as_feeds = [one for one in found if not str(one["name"]).endswith(("html", "markdown"))]
    assert [
        one for one in as_feeds if "not a feed in RSS, Atom or JSON" not in str(one["said"])
    ] == []


@pytest.mark.parametrize("name", ["cyclic", "external", "external_file", "quadratic", "xmlbomb"])
def test_the_known_bombs_around_a_feed(corpus: Path, name: str) -> None:
    """The same declarations, with a feed that refers to what they declare."""
    bomb = (corpus / "security" / "xml-bombs" / f"{name}.xml").read_bytes()
    declared = bomb[: bomb.rindex(b"]>") + 2]
    entity = b"&ee;" if b"&ee;" in bomb else b"&a;"
    feed = declared + bombs.RSS % (b"<item><title>T%s</title></item>" % (entity * 100))
    (article,) = read(feed).articles
    # HTML knows a name of these, &ee; nothing else is put in their place.
    assert article.title == "T" + html.unescape(entity.decode()) * 100


# Nothing outside is looked at


def heard(server: socket.socket) -> bool:
    """Tell whether somebody has connected to a port."""
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


LOOKS_OUTSIDE = (
    '<!DOCTYPE rss SYSTEM "{url}">',
    '<!DOCTYPE rss PUBLIC "-//x//y" "{url}" []>',
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "{url}">]>',
    '<!DOCTYPE rss [<!ENTITY % p SYSTEM "{url}"> %p;]>',
    '<!DOCTYPE rss [<!ENTITY y "]>"><!ENTITY x SYSTEM "{url}">]>',
    '<?xml-stylesheet href="{url}"?>',
    '<?xml version="1.0"?>junk<!DOCTYPE rss [<!ENTITY x SYSTEM "{url}">]>',
)
INCLUDES = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}" parse="text"/>'


@pytest.mark.parametrize("prolog", LOOKS_OUTSIDE)
@pytest.mark.parametrize("media_type", ["application/xml", "text/html", "application/xhtml+xml"])
def test_nothing_is_asked_on_the_network(prolog: str, media_type: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        feed = prolog + bombs.RSS.decode() % f"<item><title>T&x;</title>{INCLUDES}</item>"
        url = f"http://127.0.0.1:{port}/x"
        assert read(feed.format(url=url).encode(), media_type).articles
        assert not heard(server)
        socket.create_connection(("127.0.0.1", port)).close()
        assert heard(server)  # so it would have been seen


@pytest.mark.parametrize("prolog", LOOKS_OUTSIDE)
def test_no_file_is_read(tmp_path: Path, prolog: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("opensesame")
    feed = prolog + bombs.RSS.decode() % f"<item><title>T&x;</title>{INCLUDES}</item>"
    for url in (secret.as_uri(), str(secret)):
        (article,) = read(feed.format(url=url).encode()).articles
        assert "opensesame" not in repr(dataclasses.asdict(article))
        assert article.title == "T&x;"


def test_a_tree_that_has_a_document_type_all_the_same(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("opensesame")
    root, _ = parse_xml(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>')
    assert root is not None
    assert "opensesame" not in etree.tostring(root, encoding="unicode")
    laughs = bombs.DOCUMENTS["a billion laughs"]().decode()
    root, _ = parse_xml(laughs)
    assert root is not None
    assert len(etree.tostring(root)) < 2000


# What is just within the bounds is read


def test_as_many_nodes_as_there_may_be() -> None:
    text = "<a>%s</a>" % ("<b c='1'>=</b>" * ((MOST_NODES - 1) // 2))
    root, damage = parse_xml(text)
    assert (root is not None and len(root), damage) == ((MOST_NODES - 1) // 2, "")
    with pytest.raises(ParseError, match="more than 300,000 elements and attributes"):
        parse_xml(text.replace("</a>", "<d/><d/></a>"))


def test_what_is_only_text_is_not_counted() -> None:
    """A counted document reads as any other, damage included."""
    text = "<a><![CDATA[%s]]><b x='1'>é&#233;</b><c>&amp;</c></a>" % ("<=" * MOST_NODES)
    root, damage = parse_xml(text)
    assert root is not None
    assert (damage, root[0].text, root[1].text, len(root.text or "")) == ("", "éé", "&", 600_000)
    root, damage = parse_xml(text.replace("</b>", "</d>"))
    assert root is not None
    assert "mismatch" in damage
    assert parse_xml("=" * (MOST_NODES + 1))[0] is None


def entry(number: int, day: int) -> str:
    return f"<item><guid>{number}</guid><title>t</title><pubDate>2024-01-{day:02}</pubDate></item>"


def test_of_more_entries_the_newest_are_read() -> None:
    count = MOST_ENTRIES + 500
    days = [1 + 27 * number // count for number in range(count)]
    oldest_first = [entry(number, day) for number, day in enumerate(days)]
    for written in (oldest_first, oldest_first[::-1]):
        parsed = read(b"<rss><channel>%s</channel></rss>" % "".join(written).encode())
        uids = [int(article.uid) for article in parsed.articles]
        assert sorted(uids) == list(range(500, count))
        assert parsed.problems == ("The feed has 10,500 entries; the newest 10,000 are read.",)


def test_as_many_entries_as_there_may_be() -> None:
    items = ",".join(f'{{"id":{number}}}' for number in range(MOST_ENTRIES))
    parsed = read(bombs.JSON % f"[{items}]".encode())
    assert (len(parsed.articles), parsed.problems) == (MOST_ENTRIES, ())
    parsed = read(bombs.JSON % f'[{items},{{"id":"more"}}]'.encode())
    assert len(parsed.articles) == MOST_ENTRIES
    assert parsed.problems == ("The feed has 10,001 entries; the newest 10,000 are read.",)


def test_numbers_of_json_that_are_none() -> None:
    items = b'[{"id":%s,"title":"a"},{"id":1e999,"title":"b"},{"id":NaN,"title":"c"},{"id":7}]'
    parsed = read(bombs.JSON % (items % (b"9" * 5000)))
    assert [article.title for article in parsed.articles] == ["a", "b", "c", ""]
    assert parsed.articles[3].uid == "7"
    assert len({article.uid for article in parsed.articles}) == 4


def test_of_keys_that_come_twice_the_last_counts() -> None:
    parsed = read(bombs.JSON % b'[{"id":"1","title":"a","title":"b"}]')
    assert [article.title for article in parsed.articles] == ["b"]


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>" + b"<div>" * 100_000 + b"x",
        b"<html><body>" + b"<b><p>" * 50_000 + b"x",
        b"<html><body><p %s>x</p>" % b" ".join(b"a%d=1" % number for number in range(1_000_000)),
        b"<html><head><meta %s>" % b" ".join(b"a%d=1" % number for number in range(1_000_000)),
        b"<table>" * 100_000,
        b"<" * 1_000_000,
        b"<!--" * 250_000,
    ],
    ids=["depth", "overlap", "attributes", "meta", "tables", "tags", "comments"],
)
def test_pages(page: bytes) -> None:
    assert len(read(page, "text/html").articles) == 1
