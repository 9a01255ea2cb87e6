"""Every sample text in every set that can hold it, declared rightly, wrongly and not at all.

    python benchmarks/charsets.py [--failures]

Each is written as a post, an RSS and an Atom feed and an HTML page, with the title alone, one
paragraph and all of them, and read back. A text is exact, flagged (wrong or changed, and said so
in ``problems``), or silently wrong.
"""

import argparse
import html
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse import parse

SAMPLES = Path(__file__).parent / "samples"
_WESTERN = ("cp1252", "iso8859-1", "iso8859-15")
# The sets in which texts of a language are found, by Python's names.
ENCODINGS: Mapping[str, tuple[str, ...]] = {
    "zh-Hans": ("gbk", "gb18030"),
    "zh-Hant": ("big5", "gb18030"),
    "ja": ("shift_jis", "euc_jp", "iso2022_jp"),
    "ko": ("euc_kr", "cp949"),
    "ru": ("cp1251", "koi8-r", "iso8859-5"),
    "uk": ("cp1251", "koi8-u"),
    **dict.fromkeys(("de", "fr", "es", "en", "it", "pt", "nl", "sv", "fi", "da", "no"), _WESTERN),
    **dict.fromkeys(("pl", "cs", "hu"), ("cp1250", "iso8859-2")),
    "ro": ("cp1250",),
    "el": ("cp1253", "iso8859-7"),
    "tr": ("cp1254", "iso8859-9"),
    "he": ("cp1255", "iso8859-8"),
    "ar": ("cp1256",),
    "fa": ("cp1256",),
    "th": ("cp874",),
    "vi": ("cp1258",),
    "bg": ("cp1251",),
    "sr": ("cp1251",),
}
# What is wrongly declared in practice: what servers say by default, and neighbours' sets.
WRONG = ("utf-8", "iso-8859-1", "gb2312", "windows-1251")
_EAST_ASIAN = ("big5", "shift_jis", "euc-kr")
_LATIN = ("windows-1250",)
# Punctuation that old sets lack, as programs replaced it.
_PLAIN = str.maketrans("“”„’–—", '"""\'--', "\u200c")

RSS = (
    '<?xml version="1.0"{}?>\n<rss version="2.0"><channel><title>News</title>'
    "<link>https://example.org/</link><item><guid>1</guid><title>{}</title>"
    "<description>{}</description></item></channel></rss>"
)
ATOM = (
    '<?xml version="1.0"{}?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>'
    '<id>urn:x:0</id><entry><id>urn:x:1</id><title>{}</title><content type="html">{}</content>'
    "</entry></feed>"
)
PAGE = "<!doctype html><html><head>{}<title>{}</title></head><body>{}</body></html>"
POST = "---\ntitle: '{}'\ndate: 2026-03-02\n---\n\n{}\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A text in a set, and how the document that holds it is written and labelled."""

    language: str
    encoding: str
    title: str
    body: str
    length: str
    kind: str
    header: str | None
    own: str | None

    @property
    def declared(self) -> str:
        labels = {label for label in (self.header, self.own) if label}
        if not labels:
            return "undeclared"
        if self.header and self.own:
            return "contradicting"
        return "rightly" if self.encoding in labels else "wrongly"

    def document(self) -> Document:
        name, media = ("a.md", "text/markdown") if self.kind == "post" else ("a", "")
        media = "text/html" if self.kind == "page" else media
        text = self.written().encode(self.encoding)
        return Document(name=name, body=text, media_type=media, charset=self.header)

    def written(self) -> str:
        paragraphs = "".join(
            f"<p>{html.escape(p, quote=False)}</p>" for p in self.body.split("\n\n")
        )
        title = html.escape(self.title, quote=False)
        xml = f' encoding="{self.own}"' if self.own else ""
        meta = f'<meta charset="{self.own}">' if self.own else ""
        return {
            "post": POST.format(self.title.replace("'", "''"), self.body),
            "rss": RSS.format(xml, title, html.escape(paragraphs)),
            "atom": ATOM.format(xml, title, html.escape(paragraphs)),
            "page": PAGE.format(meta, title, paragraphs),
        }[self.kind]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true")
    show = parser.parse_args().failures
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in cases():
        outcome = read(case)
        table[case.declared, case.length][outcome] += 1
        if show and outcome != "exact":
            print(outcome, case.language, case.encoding, case.length, case.kind, end=" ")
            print(f"header={case.header} own={case.own}")
    print(f"{'declared':14}{'length':12}{'texts':>7}{'exact':>9}{'flagged':>9}{'silent':>9}")
    for (declared, length), counts in sorted(table.items()):
        every = counts.total()
        shares = "".join(f"{counts[one] / every:9.2%}" for one in ("exact", "flagged", "silent"))
        print(f"{declared:14}{length:12}{every:7}{shares}")


def cases() -> Iterator[Case]:
    for language, encodings in ENCODINGS.items():
        title, *paragraphs = (SAMPLES / f"{language}.txt").read_text("utf-8").strip().split("\n\n")
        lengths = {"title": "", "paragraph": paragraphs[0], "article": "\n\n".join(paragraphs)}
        for encoding in (*encodings, "utf-8"):
            for length, body in lengths.items():
                plain = in_set(title, encoding), in_set(body, encoding)
                if None not in plain:
                    yield from written(language, encoding, plain, length)


def in_set(text: str, encoding: str) -> str | None:
    for form in (text, text.translate(_PLAIN)):
        try:
            form.encode(encoding)
        except UnicodeError:
            continue
        return form
    return None


def written(
    language: str, encoding: str, text: tuple[str | None, str | None], length: str
) -> Iterator[Case]:
    title, body = text[0] or "", text[1] or ""
    near = _EAST_ASIAN if language[:2] in ("zh", "ja", "ko") else _LATIN
    wrong = [label for label in (*WRONG, *near) if label.replace("windows-", "cp") != encoding]
    labels = [(None, None), (encoding, None), *((label, None) for label in wrong)]
    inside = [(None, encoding), (wrong[0], encoding), (encoding, wrong[0]), (None, wrong[1])]
    for kind in ("post", "rss", "atom", "page"):
        for header, own in labels + ([] if kind == "post" else inside):
            yield Case(language, encoding, title, body, length, kind, header, own)


def read(case: Case) -> str:
    try:
        (article,) = parse(case.document()).articles
    except (ParseError, ValueError):
        return "flagged"
    exact = article.title == " ".join(case.title.split())
    exact = exact and all(part in html.unescape(article.html) for part in case.body.split("\n\n"))
    if exact:
        return "exact"
    return "flagged" if article.problems else "silent"


if __name__ == "__main__":
    sys.exit(main())
