"""Articles by the operator's CSS selectors, and what has no selector found as elsewhere."""

import html as markup
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

import soupsieve
from bs4 import BeautifulSoup, Tag
from lxml import html as lxml_html

from aggregator.article import Article
from aggregator.lists.selector import split
from aggregator.parse.dates import read_date
from aggregator.parse.feed_text import distinct, one_line
from aggregator.parse.listing.card import Card, look
from aggregator.parse.listing.groups import MOST_ITEMS, Item
from aggregator.parse.listing.model import Selectors
from aggregator.parse.listing.reading import lazy_address, read_card
from aggregator.parse.listing.sheet import Sheet, address, lay_out, within
from aggregator.parse.listing.when import find_date

_PARTS = ("title", "link", "date", "summary", "image", "content")


def mistake(selectors: Selectors) -> str:
    """Say which of the selectors is none, and why; "" when all can be used."""
    for name in ("items", *_PARTS):
        css, _ = split(getattr(selectors, name))
        try:
            soupsieve.compile(css or "*")
        except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as error:
            return f"{name}: {css!r} is no CSS selector: {str(error).partition(chr(10))[0]}"
    return ""


def pieces(sheet: Sheet, selector: str) -> list[str]:
    """Give the HTML of what a selector matches in a page, one for each outermost match."""
    css, _ = split(selector)
    soup = BeautifulSoup(lxml_html.tostring(sheet.root, encoding="unicode"), "lxml")
    found = _select(css, soup, MOST_ITEMS)
    taken = {id(tag) for tag in found}
    outer = (t for t in found if not any(id(above) in taken for above in t.parents))
    return [str(tag) for tag in outer]


def piece(item: Item) -> str:
    """Give the HTML of an item that was found automatically."""
    above = item.root.parent
    beside = within(above.children, item.start, item.end) if above else [item.root]
    return "".join(
        lxml_html.tostring(place.element, encoding="unicode", with_tail=False) for place in beside
    )


def read_pieces(
    sheet: Sheet, found: Sequence[str], selectors: Selectors, zone: tzinfo
) -> list[Article]:
    """Give the articles of pieces of a page; those without a title or an address are left out.

    A selector that matches in none of them is a problem of each article.
    """
    read = [_read(sheet, one, selectors, zone) for one in found]
    wanted = [name for name in _PARTS if getattr(selectors, name)]
    idle = [name for name in wanted if not any(name in matched for _, matched in read)]
    problems = tuple(f"{name}: {getattr(selectors, name)!r} matches nothing." for name in idle)
    return [
        replace(article, problems=distinct((*article.problems, *problems)))
        for article, _ in read
        if article is not None
    ]


def _read(
    sheet: Sheet, html: str, selectors: Selectors, zone: tzinfo
) -> tuple[Article | None, set[str]]:
    """Give the article of one piece, and the names of the selectors that matched in it."""
    inner = lay_out(html, sheet.url, sheet)
    if inner is None:
        return None, set()
    body = inner.places[0]
    card = look(inner, Item(body.start, body.end, body))
    soup = BeautifulSoup(html, "lxml").body
    if soup is None:
        return None, set()
    matches = {
        name: match
        for name in _PARTS
        if (match := _match(getattr(selectors, name), soup)) is not None
    }
    given = {name: _value(name, match, selectors, inner) for name, match in matches.items()}
    title = given.get("title") or (card.title if card else "")
    url = given.get("link") or (card.url if card else "")
    if not title or not url:
        return None, set(matches)
    card = card or Card(Item(body.start, body.end, body), title, url, None, False, False, 0, 1)
    article = read_card(inner, replace(card, title=title, url=url), zone)
    return _with_parts(article, given, inner, zone), set(matches)


def _with_parts(article: Article, given: dict[str, str], sheet: Sheet, zone: tzinfo) -> Article:
    moment = _moment(given.get("date", ""), zone, sheet.language)
    summary = given.get("summary", "")
    paragraph = f"<p>{markup.escape(summary, quote=False)}</p>" if summary else article.html
    return replace(
        article,
        published=moment or article.published,
        html=given.get("content") or paragraph,
        summary=summary if given.get("content") else "",
        image=given.get("image") or article.image,
    )


def _moment(said: str, zone: tzinfo, language: str) -> datetime | None:
    return read_date(said, zone) or find_date(said, zone, language) if said else None


def _match(selector: str, soup: Tag) -> Tag | None:
    """Give the first match; a selector that is only an attribute means the piece itself."""
    if not selector:
        return None
    css, name = split(selector)
    if not css:
        return next((tag for tag in soup.find_all(True, recursive=False) if tag.get(name)), None)
    return next(iter(_select(css, soup, 1)), None)


def _select(css: str, soup: Tag, limit: int) -> list[Tag]:
    return list(soupsieve.select(css, soup, limit=limit))


def _value(name: str, match: Tag, selectors: Selectors, sheet: Sheet) -> str:
    """Give what a match says: the attribute that is asked for, or what the part usually has."""
    _, attribute = split(getattr(selectors, name))
    said = one_line(str(match.get(attribute, ""))) if attribute else ""
    if name == "link":
        near = match if match.get("href") else match.find("a", href=True) or match.find_parent("a")
        href = said or (str(near.get("href", "")) if isinstance(near, Tag) else "")
        return address(href, sheet) or ""
    if name == "image":
        picture = match if match.name == "img" else match.find("img")
        element = lxml_html.Element("img", {"src": said}) if attribute else None
        if element is None and isinstance(picture, Tag):
            element = lxml_html.Element("img", {k: str(v) for k, v in picture.attrs.items()})
        return (lazy_address(element, sheet) if element is not None else None) or ""
    if attribute:
        return said
    if name == "content":
        return match.decode_contents()
    if name == "date" and match.get("datetime"):
        return str(match["datetime"])
    return one_line(match.get_text(" " if name == "date" else ""))
