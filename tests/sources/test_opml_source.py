"""Lists of feeds."""

from pathlib import Path

from visits import Visitor

from aggregator.sources import Known, Outlines, Problem


def outline(url: str, title: str) -> str:
    """One feed of a list."""
    return f'<outline type="rss" text="{title}" xmlUrl="{url}"/>'


def test_outlines_and_what_is_wrong_with_some(tmp_path: Path) -> None:
    path = tmp_path / "blogs.opml"
    good = outline("https://a.example/f", "A")
    path.write_text(
        '<opml version="2.0"><head/><body>'
        + good
        + outline("https://me:x@b.example/f", "B")
        + "</body></opml>"
    )
    blogs = Visitor({"opml": "blogs.opml"}, root=tmp_path)
    problem, found, known = blogs.visit()
    assert isinstance(problem, Problem)
    assert "is no web address" in problem.text
    assert isinstance(found, Outlines)
    assert [one.url for one in found.outlines] == ["https://a.example/f"]
    assert isinstance(known, Known)
    assert [type(one) for one in blogs.visit()] == [Known]
