"""Feeds by the conditions of rules: decided when an article changes, and kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from place import Place

from aggregator.jobs import Publish, World, perform
from aggregator.output import Selection
from aggregator.rules import If


def asking(*conditions: Mapping[str, Any], **more: Any) -> Selection:
    asked = tuple(If.model_validate(one) for one in conditions)
    return Selection(name="Mine", limit=50, conditions=asked, **more)


@pytest.fixture
def papers(place: Place) -> Place:
    place.sources = {"Inbox": {"directory": "inbox"}, "Wire": {"directory": "wire"}}
    place.post("1.md", "Bread rises", "Of bakers.", categories=["Food"], date="2024-05-01")
    place.post("2.md", "Rates rise", "Of banks.", author="Ann", date="2024-05-02")
    place.post("../wire/3.md", "Rain", "It rises.", categories=["Food"], date="2024-05-03")
    return place


CHOICES: Mapping[str, tuple[Selection, list[str]]] = {
    "a pattern": (asking({"title": "rises?$"}), ["Rates rise", "Bread rises"]),
    "any of two": (asking({"author": "Ann"}, {"source": "Wire"}), ["Rain", "Rates rise"]),
    "an exception": (asking({"title": "rise", "not": ({"author": "Ann"},)}), ["Bread rises"]),
    "a category": (asking({"category": "Fo*"}), ["Rain", "Bread rises"]),
    "and a search": (asking({"category": "Food"}, search="bakers"), ["Bread rises"]),
    "and a source": (asking({"category": "Food"}, sources=("Wire",)), ["Rain"]),
}


@pytest.mark.parametrize(("selection", "titles"), CHOICES.values(), ids=CHOICES)
def test_a_feed_holds_what_fulfils_its_condition(
    papers: Place, selection: Selection, titles: list[str]
) -> None:
    papers.selections = (selection,)
    papers.once()
    assert papers.titles("mine") == titles


def test_only_what_changed_is_looked_at_and_all_when_the_condition_did(papers: Place) -> None:
    papers.selections = (asking({"title": "rise"}),)
    assert looked_at(papers) == ["Bread rises", "Rates rise", "Rain"]
    assert looked_at(papers) == []
    papers.post("1.md", "Bread falls", "Of bakers.", categories=["Food"], date="2024-05-01")
    papers.post("4.md", "Fog", "It will rise.", date="2024-05-04")
    assert sorted(looked_at(papers)) == ["Bread falls", "Fog"]
    assert papers.titles("mine") == ["Rates rise"]
    papers.selections = (asking({"text": "rise"}), replace(asking({"title": "F"}), name="F"))
    assert len(looked_at(papers)) == 4
    assert papers.titles("mine") == ["Fog", "Rain"]
    assert papers.titles("f") == ["Fog"]
    papers.selections = ()
    assert looked_at(papers) == []


def looked_at(place: Place) -> list[str]:
    """Scan and publish; return the titles that conditions were held against."""
    seen: list[str] = []

    async def work(world: World) -> None:
        async def compute(task: Any, items: Any) -> list[Any]:
            if "conditions" in getattr(task, "keywords", ()):
                seen.extend(entry.article.title for entry in items)
            return [task(item) for item in items]

        context = replace(world.context, compute=compute)
        await perform(Publish(), replace(world, context=context))

    place.scan()
    place.run(work)
    return seen


def test_what_articles_are_called_by_changes_what_they_fulfil(papers: Place) -> None:
    """A renamed category and a renamed source, without a word from the articles."""
    papers.selections = (asking({"category": "Meals"}), replace(asking({"source": "N*"}), name="N"))
    papers.once()
    papers.rename = {"Food": "Meals"}
    papers.sources = {"Inbox": {"directory": "inbox"}, "News": {"directory": "wire"}}
    papers.once()
    assert papers.titles("mine") == ["Rain", "Bread rises"]
    assert papers.titles("n") == ["Rain"]


def test_a_pattern_that_takes_for_ever_leaves_the_article_out(papers: Place) -> None:
    papers.post("5.md", "a" * 60 + "b", date="2024-05-05")
    papers.selections = (asking({"title": "^(a|aa)+$"}), replace(asking({"title": "a"}), name="A"))
    papers.once()
    assert papers.titles("mine") == []
    assert len(papers.titles("a")) == 4
