"""Selectors of parts of a page: CSS, and the attribute that holds the value."""

import re

# An "@" inside of a selector's brackets is none.
_ATTRIBUTE = re.compile(r"@([\w:.-]+)\s*\Z")


def split(selector: str) -> tuple[str, str]:
    """Give the CSS selector and the attribute of ``selector@attribute``, "" where it has none."""
    match = _ATTRIBUTE.search(selector)
    return (selector[: match.start()].strip(), match[1]) if match else (selector.strip(), "")
