"""Pictures and media: lazy ones get their address, all get an absolute one, others go."""

import re
from collections.abc import Callable, Iterator, Set

from aggregator.article import Step
from aggregator.clean.characters import is_blank
from aggregator.clean.junk import is_counter
from aggregator.clean.tree import REMOVE, Element, find, take_out
from aggregator.clean.urls import web_address

LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-original-src",
    "data-orig-file",
    "data-hi-res-src",
    "data-url",
    "data-echo",
    "data-lazyload",
    "data-lazy",
)
LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_PLACEHOLDER = re.compile(
    r"^(?:data:|about:|blob:|#)|/(?:blank|spacer|placeholder|transparent|loading|lazy(?:load)?|"
    r"spinner|grey|gr[ae]y-?\d*|pixel|1x1|trans|dot)[\w.-]*\.(?:gif|png|svg|jpe?g|webp)\b",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"[\s,]*([^\s]+)\s*([^,]*)")
_DESCRIPTOR = re.compile(r"\s*[0-9]+(?:\.[0-9]+)?[wxh](?:\s+[0-9]+h)?\s*")
_PLAIN_NUMBER = re.compile(r"\s*([0-9]{1,5})(?:\.[0-9]*)?(?:px)?\s*\Z")

# Pictures that stand in the HTML itself, in mail above all: of kinds that browsers show and that
# cannot carry a script; 0.5 kB, below which they only hold the place of another, to 32 kB, so that
# a feed of 50 articles stays readable.
INLINE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]{700,44000}={0,2}")

NO_ADDRESS = "without a usable address"
PLACEHOLDER = "placeholders"

_MEDIA = frozenset({"audio", "source", "track", "video"})
_CONCERNED = _MEDIA | {"img"}

Drops = Callable[[str], bool]


def mend(body: Element, base: str | None, drops: Drops, present: Set[str]) -> tuple[Step, ...]:
    """Gives pictures and media absolute addresses.

    ``drops`` says which pictures are placeholders. Those go, and so does what has no address.
    ``present`` are the names of the elements there are.
    """
    if present.isdisjoint(_CONCERNED):
        return ()
    for wrapper in find(body, "noscript"):
        _take_from_noscript(wrapper)
    lost, placeholders, counters = [], [], []
    for image in find(body, "img"):
        address, candidates = _sources(image, base)
        if address is None:
            lost.append(image)
        elif is_counter(address):
            counters.append(image)
        elif drops(address):
            placeholders.append(image)
        else:
            _mend_image(image, address, candidates)
    if present & _MEDIA:
        for media in find(body, *_MEDIA):
            _mend_media(media, base)
    return (
        *take_out(lost, "pictures", NO_ADDRESS),
        *take_out(placeholders, "pictures", PLACEHOLDER),
        *take_out(counters, "tracking pixels"),
        *(_drop_empty_media(body) if present & _MEDIA else ()),
    )


def _take_from_noscript(wrapper: Element) -> None:
    """The picture for readers without scripts is the true one of a lazy picture beside it."""
    inside = list(wrapper.iter("img"))
    if len(inside) != 1 or not all(is_blank(text) for text in wrapper.itertext()):
        return
    before, after = wrapper.getprevious(), wrapper.getnext()
    lazy = _lonely(before) if before is not None and is_blank(before.tail) else None
    if lazy is None and after is not None and is_blank(wrapper.tail):
        lazy = _lonely(after)
        if lazy is not None and not _PLACEHOLDER.search(lazy.get("src", "data:")):
            return  # it shows something by itself
    if lazy is None:
        return
    for name in ("src", "srcset", "sizes"):
        if inside[0].get(name):
            lazy.set(name, inside[0].get(name))
    wrapper.tag = REMOVE


def _lonely(element: Element) -> Element | None:
    """The only picture in an element."""
    pictures = list(element.iter("img"))
    return pictures[0] if len(pictures) == 1 else None


def _sources(image: Element, base: str | None) -> tuple[str | None, str]:
    """The address of a picture, and the others of its ``srcset``."""
    source = _lazy(image, "src", LAZY)
    if INLINE.fullmatch(source):
        return source, ""
    candidates = absolute_set(_lazy(image, "srcset", LAZY_SETS), base)
    return web_address(source, base) or _first_of(candidates), candidates


def _mend_image(image: Element, address: str, candidates: str) -> None:
    image.set("src", address)
    _set(image, "srcset", candidates)
    for name in ("width", "height"):
        number = _PLAIN_NUMBER.match(image.get(name, ""))
        _set(image, name, number and number[1])


def _lazy(image: Element, name: str, others: tuple[str, ...]) -> str:
    plain: str = image.get(name, "")
    if plain.strip() and not _PLACEHOLDER.search(plain):
        return plain
    for other in others:
        value: str = image.get(other, "")
        if value.strip() and not _PLACEHOLDER.search(value):
            return value
    return plain


def _set(element: Element, name: str, value: str | None) -> None:
    if value:
        element.set(name, value)
    else:
        element.attrib.pop(name, "")


def split_set(value: str) -> Iterator[tuple[str, str]]:
    """The candidates of a ``srcset``: address and descriptor (HTML, 4.8.4.2.1).

    A comma inside an address belongs to it; only one at its end divides candidates.
    """
    position = 0
    while found := _CANDIDATE.match(value, position):
        address, descriptor = found[1], found[2]
        position = found.end()
        if address.endswith(","):
            position = found.end(1)
            address, descriptor = address.rstrip(","), ""
        if address:
            yield address, descriptor.strip()


def absolute_set(value: str, base: str | None) -> str:
    """A ``srcset`` with absolute addresses; candidates that cannot have one go."""
    kept = []
    for address, descriptor in split_set(value):
        found = web_address(address, base)
        usable = found and not is_counter(found)
        if usable and (not descriptor or _DESCRIPTOR.fullmatch(descriptor)):
            kept.append(f"{found} {descriptor}".strip())
    return ", ".join(kept)


def _first_of(candidates: str) -> str | None:
    return candidates.partition(" ")[0].rstrip(",") or None


def _mend_media(media: Element, base: str | None) -> None:
    _set(media, "src", _uncounted(media.get("src") or media.get("data-src"), base))
    if media.tag == "source":
        _set(media, "srcset", absolute_set(_lazy(media, "srcset", LAZY_SETS), base))
    elif media.tag == "video":
        _set(media, "poster", _uncounted(media.get("poster") or media.get("data-poster"), base))
    if media.tag in {"video", "audio"}:
        media.set("controls", "")
        media.attrib.pop("autoplay", "")


def _uncounted(address: str | None, base: str | None) -> str | None:
    found = web_address(address, base)
    return None if found and is_counter(found) else found


def _drop_empty_media(body: Element) -> tuple[Step, ...]:
    parts = find(body, "source", "track")
    empty = (part for part in parts if not (part.get("src") or part.get("srcset")))
    steps = take_out(empty, "media", NO_ADDRESS)
    for media in find(body, "video", "audio"):
        if not media.get("src") and next(media.iter("source"), None) is None:
            media.tag = "div"  # its content is meant for readers that cannot play it
    return steps
