"""The last step on the HTML: an allow-list, applied by a browser-grade parser."""

import hashlib
import re

import nh3

from aggregator.clean.images import INLINE
from aggregator.clean.tree import Element, find
from aggregator.clean.vocabulary import (
    ATTRIBUTES,
    DIRECTIONS,
    PREFIX,
    SCHEMES,
    TAGS,
    VALUES,
)

_CODE_LANGUAGE = re.compile(
    r"(?:^|\s)(?:(?:lang|language|highlight-source)-|brush:\s*)([\w+#-]{1,40})(?=\s|;|$)"
)

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    tag_attribute_values={tag: {"dir": DIRECTIONS} | VALUES.get(tag, {}) for tag in TAGS},
    clean_content_tags={"script", "style"},
    url_schemes=set(SCHEMES),
    link_rel="noopener noreferrer",
    id_prefix=PREFIX,
)


_INLINE = re.compile(rf'(?<=\s)src="({INLINE.pattern})"')

CODE = frozenset({"pre", "code"})
"""Elements that may name a programming language, or become one that may."""


def name_code_languages(body: Element) -> None:
    """Leaves of the classes of ``pre`` and ``code`` only what says the programming language."""
    for code in find(body, "pre", "code"):
        found = _CODE_LANGUAGE.search(code.get("class", ""))
        if found:
            code.set("class", f"language-{found[1]}")
        else:
            code.attrib.pop("class", "")


def sanitise(html: str) -> str:
    """HTML with the elements, attributes and schemes of the vocabulary only."""
    if "data:image/" not in html:
        return _CLEANER.clean(html).strip()
    # The sanitiser knows schemes for all attributes alike. Pictures that stand in the HTML itself
    # wait outside meanwhile; they hold only letters that mean nothing in HTML.
    held: list[str] = []
    # A name that leads nowhere (RFC 6761), and that no article can have foreseen.
    outside = f"https://{hashlib.sha256(html.encode()).hexdigest()[:32]}.invalid/"

    def hold(found: re.Match[str]) -> str:
        held.append(found[1])
        return f'src="{outside}{len(held) - 1}"'

    safe = _CLEANER.clean(_INLINE.sub(hold, html)).strip()
    for number, picture in enumerate(held):
        safe = safe.replace(f'src="{outside}{number}"', f'src="{picture}"', 1)
    return safe
