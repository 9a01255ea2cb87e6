"""Full text for feeds that carry only teasers: what of an article's web page is the article.

trafilatura says which text of the page is the article's (``witness``), that text's place in the
page is found (``locate``), what there is the article's own is told from furniture (``sift``), and
the page's own markup of that is kept (``prune``), pictures and structure included. A gate decides
whether it stands for the feed's text (``gate``); docs/full-text.md has the figures.
"""

from dataclasses import replace

from aggregator.article import Article, Step
from aggregator.extract import metadata
from aggregator.extract.gate import refusal
from aggregator.extract.metadata import Metadata
from aggregator.extract.page import read_page
from aggregator.extract.teasers import is_teaser

__all__ = ["complete", "is_teaser"]


def complete(article: Article, page: str, address: str) -> Article:
    """A cleaned feed article with its page's full text as ``html`` (raw), or as it was.

    ``page`` is the decoded HTML of the article's web page, which came from ``address``. Where the
    page's text is used, ``base`` is what its relative links start from, and the article has to be
    cleaned again. One ``Step`` says which text was used and why, a second one which gaps the page's
    metadata filled; ``problems`` has a sentence where the reader misses something. Pure; raises
    nothing for any page.
    """
    reading = read_page(page, address, article.text)
    if reading is None:
        return _noted(article, "the feed's own: the page is empty, or too large to look at")
    refused = refusal(article, reading)
    if refused is None:
        said = f"the page's, {len(reading.text):,} characters against {len(article.text):,}"
        full = replace(article, html=reading.html, base=reading.base)
        return _filled(_noted(full, said), reading.described)
    kept = _noted(article, f"the feed's own: {refused.reason}")
    if refused.lost:
        kept = replace(kept, problems=(*kept.problems, f"no full text: {refused.reason}"))
    return _filled(kept, reading.described) if refused.about else kept


def _noted(article: Article, detail: str) -> Article:
    return replace(article, trail=(*article.trail, Step("full text", detail)))


def _filled(article: Article, described: Metadata) -> Article:
    article, names = metadata.fill(article, described)
    if not names:
        return article
    return replace(article, trail=(*article.trail, Step("page metadata", ", ".join(names))))
