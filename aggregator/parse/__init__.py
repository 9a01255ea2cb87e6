"""From a document to articles, by its media type."""

from datetime import UTC, tzinfo

from aggregator.article import Document
from aggregator.parse.feed import parse_feed
from aggregator.parse.json_lines import parse_json_lines
from aggregator.parse.mail import parse_mail
from aggregator.parse.parsed import Parsed
from aggregator.parse.post import parse_post
from aggregator.parse.sitemap import parse_sitemap

_POSTS = frozenset(("text/markdown", "text/html", "application/xhtml+xml", "text/plain"))


def parse(document: Document, zone: tzinfo = UTC) -> Parsed:
    """Read every article of a document: one of a post, all of a feed.

    Dates that name no zone are in ``zone``. What is wrong but readable is a problem on the article;
    raises ParseError, naming the document, when nothing can be had from it.
    """
    if document.media_type in _POSTS:
        return parse_post(document, zone)
    if document.media_type == "application/sitemap+xml":
        return parse_sitemap(document, zone)
    if document.media_type == "message/rfc822":
        return parse_mail(document, zone)
    if document.media_type == "application/jsonl":
        return parse_json_lines(document, zone)
    return parse_feed(document, zone)
