"""Near-duplicates: what finds its like, what is the same story, and what must stay apart."""

import importlib
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.near import Story, compare, sketch

ROOT = Path(__file__).resolve().parent.parent

DAY = datetime(2022, 4, 5, tzinfo=UTC)

BRIDGE = (
    "The old bridge over the river was closed to all traffic on Monday after inspectors found "
    "cracks in two of its pillars. Mayor Anna Keller said that repairs would cost 3.2 million "
    "euros and take at least 5 months. About 12,000 cars cross it every day. Shop owners on the "
    'northern bank fear for their trade, and the council promised a ferry. "Nobody should drive '
    'around the whole town to buy bread," Keller told reporters. The last large repair was in '
    "1987, when one percent of the town's money went into new railings and a coat of green paint "
    "that has long since faded. Engineers will come back next week with better instruments to "
    "look at the rest."
)
FLOOD = (
    "今天下午，市防汛指挥部召开会议，部署今年的防汛工作。市长刘建国强调，要深刻认识当前形势的复杂性，"
    "提前做好物资准备，全市共储备编织袋3000条、救生衣五百件。据介绍，去年汛期全市降水量比常年偏多百分之五，"
    "沿河两岸有三个乡镇受灾。会议要求各部门落实责任，加强值班值守，遇到险情及时报告，确保群众生命财产安全。"
    "水利部门表示，目前全市水库运行平稳，堤防加固工程已经完成，下一步将组织专家对重点河段开展拉网式排查。"
)


def tell(text: str, title: str = "", **more: object) -> Story:
    title = title or (
        "市防汛指挥部部署今年防汛工作" if "防汛" in text else "Old bridge closed for months"
    )
    facts = {"url": None, "language": None, "published": DAY} | more
    return Story(title=title, text=text, **facts)


SAME = {
    "footer": (BRIDGE, BRIDGE + "\nFollow us for more. Copyright 2022 The Gazette."),
    "header": (BRIDGE, "LONDON, April 5 (Reuters) - " + BRIDGE),
    "cut within a word": (BRIDGE, BRIDGE[:212] + "…"),
    "first sentences": (BRIDGE, BRIDGE[:246]),
    "width": (FLOOD, FLOOD.replace("，", ",").replace("3000", "３０００")),
    "no punctuation": (FLOOD, FLOOD.replace("，", " ").replace("。", " ")),
    "separators of thousands": (BRIDGE, BRIDGE.replace("12,000", "12000")),
    "numbers in words": (BRIDGE, BRIDGE.replace("5 months", "five months")),
    "percent": (BRIDGE, BRIDGE.replace("one percent", "1%")),
    "Chinese percent": (FLOOD, FLOOD.replace("百分之五", "5%")),
    "Chinese numbers": (FLOOD, FLOOD.replace("3000", "三千").replace("五百", "500")),
    "scale": (BRIDGE, BRIDGE.replace("3.2 million", "3,200,000")),
    "advert": (FLOOD, FLOOD.replace("据介绍", "\n扫描二维码，新用户立减20元。\n据介绍")),
    "verb of saying": (FLOOD, FLOOD.replace("水利部门表示", "水利部门指出")),
    "apostrophes, case": (BRIDGE, BRIDGE.replace("'", "’").upper()),
    "part of a name": (BRIDGE, BRIDGE.replace("Mayor Anna Keller", "Mayor Keller")),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_a_copy_shares_a_band_and_is_the_same_story(left: str, right: str) -> None:
    one, other = tell(left), tell(right)
    assert set(sketch(one.title, one.text)) & set(sketch(other.title, other.text))
    assert compare(one, other).same, compare(one, other)
    assert compare(other, one) == compare(one, other)


APART = {
    "number": ("3.2 million", "3.4 million", "differs in a number: 3.2 million and 3.4 million"),
    "number in words": ("5 months", "six months", "differs in a number: 5 and 6"),
    "date": ("on Monday", "on Tuesday", "differs in a date: Monday and Tuesday"),
    "name": ("Anna Keller", "Mary Stone", "differs in a name: Anna Keller and Mary Stone"),
    "denial": ("would cost", "would not cost", "one denies it: not"),
    "Chinese number": ("三个乡镇", "四个乡镇", "differs in a number: 三 and 四"),
    "Chinese name": ("刘建国", "王小明", "differs in 刘建国 and 王小明"),
    "Chinese denial": ("已经完成", "没有完成", "one denies it: 已经 and 没有"),
    "scale": ("3.2 million", "3.2 billion", "differs in a number: 3.2 million and 3.2 billion"),
}


@pytest.mark.parametrize(("before", "after", "reason"), APART.values(), ids=APART)
def test_one_fact_in_the_place_of_another_keeps_apart(before: str, after: str, reason: str) -> None:
    text = FLOOD if before in FLOOD else BRIDGE
    assert before in text
    verdict = compare(tell(text), tell(text.replace(before, after)))
    assert not verdict.same
    assert sorted(verdict.reason) == sorted(reason)  # which one comes first is the texts' order


TITLES = {
    "number": ("Daily digest 5", "Daily digest 6", "differs in a number"),
    "part": ("How to build a boat, part II", "How to build a boat, part III", "another part"),
    "Chinese part": ("故乡的桥（上）", "故乡的桥（下）", "another part"),
    "Chinese number": ("故乡的桥（一）", "故乡的桥（二）", "differs in a number"),
    "version": ("Gizmo 3.1 is out", "Gizmo 3.10 is out", "differs in a number"),
    "correction": ("Bridge closed", "Correction: Bridge closed", "one corrects the other"),
    "update": ("Bridge closed", "UPDATE 2-Bridge closed", "one corrects the other"),
}


@pytest.mark.parametrize(("left", "right", "reason"), TITLES.values(), ids=TITLES)
def test_titles_keep_the_same_teaser_apart(left: str, right: str, reason: str) -> None:
    verdict = compare(tell(BRIDGE, left), tell(BRIDGE, right))
    assert not verdict.same
    assert verdict.reason.startswith(reason)


@pytest.mark.parametrize(
    "title",
    [
        "Old bridge closed for months - The Gazette",
        "Old bridge clo…",
        "Cracks: shops fear for trade",
        "5 months without a bridge",
    ],
)
def test_another_headline_does_not(title: str) -> None:
    assert compare(tell(BRIDGE), tell(BRIDGE, title)).same


def test_an_item_of_a_round_up_is_not_the_round_up() -> None:
    items = [BRIDGE, " ".join(f"Item {n} says something else." for n in range(200))]
    first = tell("Good morning.\n" + "\n".join(items), "Morning briefing")
    last = tell("Good morning.\n" + "\n".join(reversed(items)), "Morning briefing")
    assert compare(tell(BRIDGE), first).reason == "a part of a longer article"
    assert not compare(tell(BRIDGE), last).same


def test_short_items_are_not_compared() -> None:
    caption = tell("The bridge in spring. Photo: Reuters")
    assert sketch(caption.title, caption.text) == ()
    assert compare(caption, caption).reason == "too short to compare"


def test_a_short_bulletin_of_another_day_is_another_one() -> None:
    quiet = (
        "No new cases were reported in the district, and all rules for visitors stay as they are."
    )
    text = f"{quiet} The hospital said that its wards are open to everybody again."
    today, next_week = tell(text), tell(text + " Thank you.", published=DAY + timedelta(days=5))
    assert compare(today, next_week).reason == "short, and published days apart"
    assert compare(today, tell(text + " Thank you.")).same


def test_another_language_needs_more() -> None:
    listing = BRIDGE + " ".join(f"x{n} = call(y{n})" for n in range(8))
    translated = listing + " Das hier ist nun aber auf Deutsch geschrieben, wie man sieht."
    english = tell(listing + " And this is still in English, as everybody sees at once here.")
    left, right = replace(english, language="en-GB"), tell(translated, language="de")
    assert compare(english, right).same
    assert compare(left, right).reason.startswith("another language")
    assert compare(left, replace(english, language="de")).same


def test_different_articles_share_no_band() -> None:
    assert not set(sketch("", BRIDGE)) & set(sketch("", FLOOD))


def test_sketches_are_few_signed_and_the_same_in_every_process() -> None:
    keys = sketch("Old bridge closed", BRIDGE)
    assert 0 < len(keys) <= 9
    assert all(-(2**63) <= key < 2**63 for key in keys)
    program = "import sys; from aggregator.near import sketch; print(sketch(*sys.argv[1:]))"
    command = [sys.executable, "-c", program, "Old bridge closed", BRIDGE]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}, cwd=ROOT
    )
    assert done.stdout.strip() == str(keys)


def counted(letters: str, length: int, size: int, few: bool) -> list[str]:
    """The runs of letters that count, found one by one."""
    latin, of_32 = ("s", 4) if few else ("aei", 16)
    last = min(length, len(letters) - size + 1)
    runs = [letters[start : start + size] for start in range(last)]
    return [
        run
        for run in runs
        if run[0] in latin or ("\xa0" <= run[0] <= "\uffff" and ord(run[0]) % 32 < of_32)
    ] or runs


@settings(deadline=None, max_examples=50)
@example("bcdtu" * 40 + "abcdestu" * 60)  # the first lines have none that counts, and few differ
@given(st.text("abcdestu上中下天地人\U00020000", min_size=120, max_size=900))
def test_the_keys_of_a_text_are_those_of_its_smallest_checksums(text: str) -> None:
    """Stored ones are looked up by them, so that no faster way may give others."""
    unit = 3 if 3 * sum("一" <= letter <= "龥" for letter in text[:500]) > len(text[:500]) else 1
    chosen = []
    for length, count, few in ((180, 2, False), (720, 3, False), (8_000, 3, True)):
        found = counted(text, length // unit, 24 // unit, few)
        by_checksum = {crc32(one.encode("utf-32-le")): one for one in found}
        chosen += [by_checksum[checksum] for checksum in sorted(by_checksum)[:count]]
    digests = (blake2b(one.encode(), digest_size=8).digest() for one in chosen)
    keys = dict.fromkeys(int.from_bytes(digest, "big", signed=True) for digest in digests)
    assert sketch("", text) == tuple(keys)


WORDS = st.text("ab1一上 .,'’％…\n\ud800\u0301ﷺ百分之点万不 not Three million", max_size=300)
STORIES = st.builds(
    Story,
    title=st.text(max_size=40) | WORDS,
    text=st.text(max_size=400) | WORDS | WORDS.map(lambda text: BRIDGE[:200] + text + FLOOD[:90]),
    url=st.none() | st.text(max_size=9),
    language=st.none() | st.text(max_size=6),
    published=st.datetimes(timezones=st.just(UTC)),
)


@settings(max_examples=200, deadline=None)
@given(STORIES, STORIES)
def test_any_two_stories_have_a_verdict_and_the_same_one_both_ways(
    one: Story, other: Story
) -> None:
    sketch(one.title, one.text)
    verdict = compare(one, other)
    assert compare(other, one).same == verdict.same
    assert 0 <= verdict.score <= 1
    assert verdict.reason


@given(STORIES)
def test_a_story_is_itself_unless_it_is_too_short(story: Story) -> None:
    assert compare(story, story).same or not sketch(story.title, story.text)


HOSTILE = ["a ", "a", "1,111", "1.", "百分之", "一百", "ﷺ", "a.", "'a", "http://", "twenty ", "Ab "]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_megabyte_of_anything_takes_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    one, other = tell(text, text), tell(text[:500_000] + " middle 5 " + text[500_000:], text)
    start = time.process_time()
    sketch(one.title, one.text)
    compare(one, other)
    assert time.process_time() - start < 4


def test_the_labelled_pairs_keep_their_figures(corpus, monkeypatch) -> None:
    """The floors of docs/near-duplicates.md, on a sixth of the pairs."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    benchmark = importlib.import_module("near_duplicates")
    outcomes = benchmark.judge(benchmark.pairs(corpus, thin=6))
    quality = benchmark.quality(outcomes)
    assert quality.pairs >= 500
    assert quality.precision >= 0.99
    assert quality.recall >= 0.97
    assert quality.bands_recall >= 0.99
    by_kind = {outcome.pair.kind: [] for outcome in outcomes if outcome.pair.same}
    for outcome in outcomes:
        if outcome.pair.same:
            by_kind[outcome.pair.kind].append(outcome)
    assert [kind for kind, few in by_kind.items() if benchmark.quality(few).recall < 0.8] == []
