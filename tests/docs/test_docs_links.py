"""Every relative link of the documentation leads to something."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def anchors(page: str) -> set[str]:
    """The anchors that GitHub gives to headings."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCED.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(path: Path) -> list[str]:
    found = []
    for target in LINK.findall(FENCED.sub("", path.read_text("utf-8"))):
        name, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (path.parent / name) if name else path
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            found.append(target)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = {
        (ROOT / target.partition("#")[0]).resolve()
        for target in LINK.findall((ROOT / "README.md").read_text("utf-8"))
        if "://" not in target
    }
    assert {page for page in PAGES if page.parent.name == "docs"} <= linked


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n[a](gone.md) [b](#one) [c](#two) [d](page.md#one)\n```\n[e](x.md)\n```\n"
    )
    assert broken(page) == ["gone.md", "#two"]
