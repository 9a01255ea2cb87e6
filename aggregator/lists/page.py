"""What a web page says about itself, as far as it takes to find its feed."""

from dataclasses import dataclass, field

from lxml import etree

_UNSEEN = ("script", "style", "noscript", "template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A ``link`` or ``a`` element: its attributes by name, and the text inside of it."""

    element: str
    attributes: dict[str, str]
    text: str = ""


@dataclass(slots=True)
class Page:
    """A page's links in their order; ``base`` as it is written; how many characters one sees."""

    title: str = ""
    language: str = ""
    base: str = ""
    links: list[Link] = field(default_factory=list)
    visible: int = 0


def read_page(html: str) -> Page:
    """Read a page, whatever is wrong with it, in time linear to its length.

    libxml2 tells of elements as they come: its trees take time by the square of the attributes of
    an element, and end where elements are nested too deeply.
    """
    found = _Reader()
    # The stubs say that it is told of bytes as well; it never is.
    parser = etree.HTMLParser(encoding="utf-8", target=found)  # type: ignore[arg-type]
    try:
        etree.fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # an empty document
        return found.page
    return found.page


class _Reader:
    """A target for lxml's parser, which asks for an object with these methods."""

    def __init__(self) -> None:
        self.page = Page()
        self._unseen = 0
        self._in_title = False
        self._texts: list[str] | None = None  # of the link that is open
        self._open: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "html":
            self.page.language = self.page.language or attributes.get("lang", "")
        elif tag == "base":
            self.page.base = self.page.base or attributes.get("href", "")
        elif tag == "link":
            self.page.links.append(Link(element=tag, attributes=dict(attributes)))
        elif tag == "a":
            self._close_link()
            self._texts, self._open = [], dict(attributes)
        self._unseen += tag in _UNSEEN
        self._in_title = tag == "title" and not self.page.title

    def end(self, tag: str) -> None:
        if tag == "a":
            self._close_link()
        self._unseen = max(self._unseen - (tag in _UNSEEN), 0)
        self._in_title = False

    def data(self, text: str) -> None:
        if self._in_title:
            self.page.title += text
        elif not self._unseen:
            self.page.visible += len(text.strip())
            if self._texts is not None:
                self._texts.append(text)

    def close(self) -> None:
        self._close_link()

    def _close_link(self) -> None:
        if self._texts is not None:
            text = " ".join("".join(self._texts).split())
            self.page.links.append(Link(element="a", attributes=self._open, text=text))
        self._texts = None
