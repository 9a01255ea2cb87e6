"""What reading one document gives."""

from dataclasses import dataclass

from aggregator.article import Article


@dataclass(frozen=True, slots=True)
class Parsed:
    """The articles of one document, raw and in its order, and what it says about itself.

    ``title``, ``url`` (its web page) and ``language`` describe the document as a whole: a feed has
    them, a single post leaves them empty.
    """

    articles: tuple[Article, ...] = ()
    title: str = ""
    url: str | None = None
    language: str | None = None
