"""What reading one document gives."""

from dataclasses import dataclass, field

from aggregator.article import Article, Hints


@dataclass(frozen=True, slots=True)
class Parsed:
    """The articles of one document, raw and in its order, and what it says about itself.

    ``title``, ``url`` (its web page) and ``language`` describe the document as a whole: a feed has
    them, a single post leaves them empty. ``problems`` are sentences on what of the document could
    not be read at all, and so is on no article. ``hints`` are what a feed says about asking for it.
    ``how`` says, of a page that lists articles, where on it they are, and ``confidence`` (0 to 1)
    how sure that is.
    """

    articles: tuple[Article, ...] = ()
    title: str = ""
    url: str | None = None
    language: str | None = None
    hints: Hints = field(default_factory=Hints)
    how: str = ""
    confidence: float = 1.0
    problems: tuple[str, ...] = ()
