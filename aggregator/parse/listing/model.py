"""What is asked of a page that lists articles, and what reading it gives."""

from dataclasses import dataclass

from aggregator.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of the parts of a page, "" for what is to be found automatically.

    ``items`` matches each article's element in the page, the others a part inside of such an
    element. Each may end in ``@attribute``, whose value then counts instead of the text:
    ``time@datetime``, ``a@href``. A part that is only ``@attribute`` is the item's own.
    """

    items: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    summary: str = ""
    image: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The articles of a page, raw and in its order.

    ``confidence`` (0 to 1) is how sure it is that these are what the page lists; 1 where a selector
    says so. ``how`` tells people which repeating element was taken, and what it holds.
    """

    articles: tuple[Article, ...]
    confidence: float
    how: str
