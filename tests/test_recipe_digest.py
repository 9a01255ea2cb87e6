"""The digest of what shapes a source's articles: moved by an edit, and by nothing else."""

from aggregator.prepare import CategoryPolicy, brief, recipe_digest
from aggregator.sources import KINDS, Source


def digest(kind: str, **settings: object) -> str:
    made = KINDS[kind][0].model_validate({kind: "https://a.example/", **settings})
    source = Source(name="A", settings=made, zone="UTC")
    return recipe_digest(brief(source, CategoryPolicy(rename={}, nested=False, only=frozenset())))


def test_a_new_version_reads_nothing_anew() -> None:
    # As the first version that wrote them did: stores hold these.
    assert digest("feed").startswith("65a2eb32")
    assert digest("feed", full_text=True).startswith("9c7b01b5")


def test_an_edit_moves_it() -> None:
    edits: list[dict[str, object]] = [
        {},
        {"items": "li"},
        {"items": "li", "date": "time"},
        {"remove": [".ad"]},
    ]
    assert len({digest("page", **edit) for edit in edits}) == len(edits)
    assert digest("page") != digest("feed")
