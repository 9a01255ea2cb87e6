"""Compare what we read with what gofeed's test cases expect: python gofeed_table.py FOLDER.

Prints a Markdown table of agreements per field, and below it the differences by their reasons.
"""

import html
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.parse.dates import read_date
from aggregator.parse.feed import parse_feed
from aggregator.parse.parsed import Parsed


@dataclass(frozen=True)
class Comparison:
    """One field of one case: what gofeed expects and what we read, both made comparable."""

    case: str
    field: str
    expected: object
    got: object

    @property
    def agrees(self) -> bool:
        return self.expected == self.got


REASONS = (
    (
        r"base64|issue_275",
        "Content of a type that is not text (octet-stream, video, JSON, XML of "
        "another kind) is nothing to read; gofeed decodes it and hands it on. In Atom 1.0 a title "
        "cannot have such a type at all.",
    ),
    (
        r"xhtml_escaped_markup|title_cdata_escaped",
        "Titles are plain text here, with HTML inside "
        "them resolved, also where it was escaped twice.",
    ),
    (r"categor.*markup", "Categories are plain text here; gofeed keeps their markup."),
    (r"guid_naked_markup", "Markup inside a guid is no part of it; gofeed keeps it."),
    (r"author_.*markup", "Names are plain text here; gofeed keeps their markup."),
    (
        r"html_div_escaped",
        "Unescaped markup in content that says it is escaped: we take it as it "
        "stands, gofeed resolves the text inside once more.",
    ),
    (
        r"entry_id_xml_base",
        "An id is compared character by character (RFC 4287, section 4.2.6.1) "
        "and therefore never resolved.",
    ),
    (r"links.*link$", "Of several links we take the first, gofeed the last."),
    (r"multiple_values.*authors", "All authors are given; gofeed gives the first."),
    (
        r"(dublincore|extensions).*updated",
        "dc:date says when an entry was published; gofeed takes it for the update as well.",
    ),
    (r"extensions.*categories", "itunes:keywords are search words, not categories."),
    (r"item_image.*image", "A picture inside the text is found when the text is cleaned."),
)


def compare(folder: Path) -> list[Comparison]:
    """Compare every case below ``folder`` that has an expected feed."""
    cases = ((file, expected_file(file)) for file in sorted(folder.rglob("*.*")))
    return [
        comparison
        for file, expected in cases
        if expected
        for comparison in compare_case(file, json.loads(expected.read_bytes()))
    ]


def expected_file(file: Path) -> Path | None:
    """Give the file that says what reading ``file`` should give, None if it is no input."""
    if file.suffix == ".xml":
        expected = file.with_suffix(".json")
    elif file.suffix == ".json" and not file.stem.endswith("_expected"):
        expected = file.with_name(f"{file.stem}_expected.json")
    else:
        return None
    return expected if expected.is_file() else None


def compare_case(file: Path, expected: Mapping[str, Any]) -> Iterator[Comparison]:
    """Compare one case, field by field; a field that gofeed does not expect is not compared."""
    case = f"{file.parent.name}/{file.name}"
    try:
        parsed = parse_feed(Document(name=file.name, body=file.read_bytes()))
    except ParseError as error:
        yield Comparison(case, "readable", True, str(error))
        return
    yield Comparison(case, "readable", True, True)
    items = expected.get("entries") or expected.get("items") or []
    for field, value in feed_fields(expected).items():
        if value:
            yield Comparison(case, field, value, ours(parsed, field))
    empty = [item for item in items if not item]
    yield Comparison(case, "entries", len(items) - len(empty), len(parsed.articles))
    for item, article in zip((item for item in items if item), parsed.articles, strict=False):
        mine = entry_values(article)
        for field, value in entry_fields(item).items():
            if value:
                yield Comparison(case, field, value, mine[field])


def feed_fields(feed: Mapping[str, Any]) -> dict[str, object]:
    link = feed.get("link") or feed.get("home_page_url") or alternate(feed)
    return {
        "feed title": text(feed.get("title")),
        "feed link": address(link),
        "feed language": feed.get("language"),
    }


def ours(parsed: Parsed, field: str) -> object:
    values = {
        "feed title": text(parsed.title),
        "feed link": address(parsed.url),
        "feed language": parsed.language,
    }
    return values[field]


def entry_fields(item: Mapping[str, Any]) -> dict[str, object]:
    """Read an expected entry in any of gofeed's four shapes (Atom, RSS, JSON Feed, universal)."""
    guid, content = item.get("guid") or item.get("id") or "", item.get("content") or ""
    content = content.get("value", "") if isinstance(content, dict) else content
    content = content or item.get("content_html") or item.get("content_text") or ""
    description = item.get("description") or item.get("summary") or ""
    published = item.get("publishedParsed") or item.get("pubDateParsed")
    return {
        "id": guid.get("value") if isinstance(guid, dict) else str(guid),
        "title": text(item.get("title")),
        "link": address(item.get("link") or item.get("url") or alternate(item)),
        "published": read_date(published or item.get("date_published")),
        "updated": read_date(item.get("updatedParsed") or item.get("date_modified")),
        "authors": names(item),
        "categories": terms(item),
        "content": text(max(content, description, key=len)),
        "enclosures": sorted(files(item)),
        "image": address((item.get("image") or {}).get("url"))
        if isinstance(item.get("image"), dict)
        else address(item.get("image")),
    }


def entry_values(article: Article) -> dict[str, object]:
    return {
        "id": article.uid,
        "title": text(html.escape(article.title)),
        "link": address(article.url),
        "published": article.published,
        "updated": article.updated,
        "authors": list(article.authors),
        "categories": list(article.categories),
        "content": text(article.html),
        "enclosures": sorted(file.url for file in article.enclosures),
        "image": address(article.image),
    }


def text(markup: str | None) -> str:
    """Make texts comparable: without tags, references and white space."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", markup or "")))


def address(url: str | None) -> str:
    return (url or "").rstrip("/")


def alternate(holder: Mapping[str, Any]) -> str | None:
    links = [link for link in holder.get("links") or [] if isinstance(link, dict)]
    pages = [link for link in links if link.get("rel", "alternate") == "alternate"]
    return pages[0].get("href") if pages else None


def names(item: Mapping[str, Any]) -> list[str]:
    author = item.get("author") or {}
    people = item.get("authors") or ([author] if isinstance(author, dict) else [{"name": author}])
    return [p.get("name") or p.get("email") for p in people if p.get("name") or p.get("email")]


def terms(item: Mapping[str, Any]) -> list[str]:
    found = item.get("categories") or item.get("tags") or []
    plain = (
        term.get("label") or term.get("term") or term.get("value")
        if isinstance(term, dict)
        else term
        for term in found
    )
    return list(dict.fromkeys(term for term in plain if term))


def files(item: Mapping[str, Any]) -> list[str]:
    found = item.get("enclosures") or item.get("attachments") or []
    links = [link for link in item.get("links") or [] if isinstance(link, dict)]
    links = [link["href"] for link in links if link.get("rel") == "enclosure" and "href" in link]
    return list(dict.fromkeys([*(file["url"] for file in found if file.get("url")), *links]))


def table(comparisons: Sequence[Comparison]) -> str:
    """Give the agreements per field as a Markdown table."""
    rows = ["| field | compared | agree |", "|---|---:|---:|"]
    for field in dict.fromkeys(comparison.field for comparison in comparisons):
        of_field = [comparison for comparison in comparisons if comparison.field == field]
        agree = sum(comparison.agrees for comparison in of_field)
        rows.append(f"| {field} | {len(of_field)} | {agree} |")
    agree = sum(comparison.agrees for comparison in comparisons)
    rows.append(f"| all | {len(comparisons)} | {agree} ({agree / len(comparisons):.1%}) |")
    return "\n".join(rows)


def reason(comparison: Comparison) -> str:
    """Say why we differ from gofeed here, "unexplained" if nobody has looked."""
    name = f"{comparison.case} {comparison.field}"
    return next((why for pattern, why in REASONS if re.search(pattern, name)), "unexplained")


def differences(comparisons: Sequence[Comparison]) -> str:
    """Give the differences by their reason, as a Markdown list."""
    by_reason = defaultdict(list)
    for comparison in comparisons:
        if not comparison.agrees:
            by_reason[reason(comparison)].append(comparison)
    return "\n".join(
        f"- {why} ({len(found)}: {', '.join(f'`{c.case}` {c.field}' for c in found)})"
        for why, found in by_reason.items()
    )


if __name__ == "__main__":
    everything = compare(Path(sys.argv[1]))
    print(table(everything), differences(everything), sep="\n\n")
