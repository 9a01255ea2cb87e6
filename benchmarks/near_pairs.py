"""Pairs of articles that are, or are not, the same story: made from real ones by known edits.

``pairs(folder)`` reads the articles below a folder of feeds and posts, edits them with a fixed
seed and says of every pair what it is. The same folder gives the same pairs.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice, pairwise
from pathlib import Path
from random import Random

from near_words import (
    ADVERTS,
    BULLETINS,
    CORRECTIONS,
    ENDINGS,
    FOOTERS,
    HEADERS,
    MONTHS,
    PLACES,
    ROWS,
    SITES,
    WEEKDAYS,
)

from aggregator.article import Article, Document
from aggregator.clean import Recipe, clean
from aggregator.errors import ParseError
from aggregator.near import Story
from aggregator.parse import parse

SEED = 20_260_405
# Pairs of each kind in each language, where there are articles for so many.
PER_KIND = 50
EPOCH = datetime(2022, 4, 5, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """An article of the data: ``source`` is its file, or its folder where a file is one article."""

    source: str
    story: Story

    @property
    def chinese(self) -> bool:
        return is_chinese(self.story.text)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stories, how the second was made, and whether they are the same.

    ``half`` is 0 (looked at while developing) or 1 (held out), by what the pair was made from.
    """

    kind: str
    same: bool
    chinese: bool
    half: int
    left: Story
    right: Story


def pairs(folder: Path, thin: int = 1) -> list[Pair]:
    """The pairs that can be made of the data below a folder; every ``thin``-th of them for less."""
    items = real_items(folder, thin)
    made = [
        pair
        for chinese in (False, True)
        for pair in _of_language([item for item in items if item.chinese is chinese], chinese)
    ]
    by_kind = defaultdict(list)
    for pair in [*made, *_translations(folder), *_releases(folder)]:
        by_kind[pair.kind, pair.chinese].append(pair)
    return [pair for found in by_kind.values() for pair in found[::thin]]


def real_items(folder: Path, thin: int = 1) -> list[Item]:
    """The cleaned articles of the captured feeds and derived posts, and the Chinese ones."""
    files = [
        *sorted((folder / "feeds/captured").glob("*.xml")),
        *sorted((folder / "posts/derived").rglob("*.md")),
        *sorted((folder / "posts/yihui/content/cn").glob("*.md")),
    ]
    return [item for file in files[::thin] if file.is_file() for item in read(file)]


def read(file: Path) -> Iterator[Item]:
    """The articles of a file, cleaned."""
    post = file.suffix == ".md"
    media_type = "text/markdown" if post else "application/xml"
    try:
        parsed = parse(Document(name=file.name, body=file.read_bytes(), media_type=media_type))
    except ParseError:
        return
    for raw in parsed.articles:
        article = clean(raw, Recipe(language=parsed.language))
        yield Item(str(file.parent if post else file), story(article))


def story(article: Article) -> Story:
    return Story(
        title=article.title,
        text=article.text,
        url=article.url,
        language=article.language,
        published=article.published or EPOCH,
    )


def is_chinese(text: str) -> bool:
    start = text[:400]
    return len(re.findall("[\u4e00-\u9fff]", start)) > 0.4 * len(start)


def half(text: str) -> int:
    return zlib.crc32(text.encode()) >> 7 & 1


def _of_language(items: Sequence[Item], chinese: bool) -> Iterator[Pair]:
    bases = _sample([item for item in items if _usable(item.story)])
    for kind, edit in EDITS.items():
        yield from _edited(kind, True, bases, edit)
    for kind, edit in FALSE_EDITS.items():
        yield from _edited(kind, False, bases, edit)
    for kind, mix in MIXTURES.items():
        yield from _mixed(kind, bases, mix)
    yield from _bulletins(chinese)
    yield from _short(items)
    yield from _same_day(items)


def _usable(base: Story) -> bool:
    """Whether an article is long enough to be cut and plainly of one language."""
    return len(base.text) > (250 if is_chinese(base.text) else 700) and bool(base.title)


def _sample(items: Sequence[Item]) -> list[Item]:
    """Every story once, in an order that favours no source."""
    once = {item.story.text: item for item in items}
    return sorted(once.values(), key=lambda item: zlib.crc32(item.story.text[:999].encode()))


Edit = Callable[[Story, Random], Story | None]
Mixture = Callable[[Sequence[Story], Random], tuple[Story, Story]]


def _edited(kind: str, same: bool, bases: Sequence[Item], edit: Edit) -> Iterator[Pair]:
    made = (_edit(kind, same, base.story, edit) for base in _turn(bases, kind))
    yield from islice(filter(None, made), PER_KIND)


def _edit(kind: str, same: bool, base: Story, edit: Edit) -> Pair | None:
    dice = Random(f"{SEED}:{kind}:{base.text[:200]}")
    made = edit(base, dice)
    if made is None or (made.text == base.text and made.title == base.title):
        return None
    copy = replace(made, url="https://copy.example/1", published=base.published + _hours(dice, 30))
    return Pair(kind, same, is_chinese(base.text), half(base.text), base, copy)


def _mixed(kind: str, bases: Sequence[Item], mix: Mixture) -> Iterator[Pair]:
    turned = [base.story for base in _turn(bases, kind)]
    for number in range(min(PER_KIND, len(turned) // 4)):
        few = turned[4 * number : 4 * number + 4]
        left, right = mix(few, Random(f"{SEED}:{kind}:{number}"))
        yield Pair(kind, False, is_chinese(few[0].text), half(few[0].text), left, right)


def _turn(bases: Sequence[Item], kind: str) -> list[Item]:
    """The articles, beginning elsewhere for every kind."""
    start = zlib.crc32(kind.encode()) % max(1, len(bases))
    return [*bases[start:], *bases[:start]]


def _hours(dice: Random, most: int) -> timedelta:
    return timedelta(hours=dice.randrange(most))


# What is true of both languages is written once; the words differ.


def _words(text: str, of: dict[bool, Sequence[str]], dice: Random) -> str:
    return dice.choice(of[is_chinese(text)])


def _stop(text: str) -> str:
    return "" if is_chinese(text) else " "


def truncate(share: float) -> Edit:
    """Keep the first part: at a sentence's end or anywhere, with or without a mark."""

    def edit(base: Story, dice: Random) -> Story | None:
        least = 80 if is_chinese(base.text) else 220
        length = max(least, int(len(base.text) * share))
        if length > 0.9 * len(base.text):
            return None
        start = base.text[:length].rstrip()
        ends = [match.end() for match in re.finditer(r"[.!?](?=\s)|[。！？]", start)]
        if dice.random() < 0.4 and ends and ends[-1] >= least:
            start = start[: ends[-1]]
        return replace(base, text=start + _words(base.text, ENDINGS, dice))

    return edit


def footer(base: Story, dice: Random) -> Story:
    added = dice.sample(FOOTERS[is_chinese(base.text)], dice.randint(1, 3))
    return replace(base, text="\n".join([base.text, *added]))


def header(base: Story, dice: Random) -> Story:
    joint = dice.choice(["\n", " "])
    return replace(base, text=_words(base.text, HEADERS, dice) + joint + base.text)


def advert(base: Story, dice: Random) -> Story:
    """Insert one to three adverts between paragraphs, or between sentences where there are none."""
    pieces = base.text.split("\n")
    joint = "\n"
    if len(pieces) < 3:
        pieces, joint = sentences(base.text), _stop(base.text)
    for _ in range(dice.randint(1, 3)):
        pieces.insert(dice.randint(1, len(pieces)), _words(base.text, ADVERTS, dice))
    return replace(base, text=joint.join(pieces))


def reformat(base: Story, dice: Random) -> Story:
    """Break lines elsewhere, join paragraphs, add bullets, space out Latin inside Chinese."""
    text = base.text
    joined = dice.random() < 0.5
    text = text.replace("\n", _stop(text)) if joined else "\n\n".join(sentences(text))
    if dice.random() < 0.5:
        text = "• " + re.sub(r"\n+", "\n• ", text)
    if is_chinese(text):
        text = re.sub(
            r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])", " ", text
        )
    title = base.title.upper() if dice.random() < 0.3 else base.title
    return replace(base, title=title, text=text)


_TO_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TO_NARROW = str.maketrans(
    "，。！？：；（）“”‘’—…、《》", ",.!?:;()\"\"''-.,<>"
)  # fmt: skip
_TYPOGRAPHIC = str.maketrans({"'": "’", "-": "‐", '"': "”"})


def width(base: Story, dice: Random) -> Story:
    """Write punctuation, digits and Latin letters in the other width or another way."""
    way = dice.randrange(3)
    if is_chinese(base.text):
        change: Callable[[str], str] = (
            lambda text: text.translate(_TO_NARROW),
            lambda text: text.translate(_TO_WIDE),
            lambda text: re.sub(r"[，。！？：；“”、]", " ", text),
        )[way]
    else:
        change = (
            lambda text: text.translate(_TYPOGRAPHIC),
            lambda text: re.sub(r"[,;:](?=\s)", "", text),
            lambda text: text.replace("’", "'").replace("—", " -- ").replace("“", '"'),
        )[way]
    return replace(base, title=change(base.title), text=change(base.text))


def retitle(base: Story, dice: Random) -> Story:
    """Another headline: a site's name, clauses exchanged, cut, or the story's first words."""
    chinese = is_chinese(base.text)
    title, way = base.title, dice.randrange(4)
    if way == 0:
        title += _words(base.text, SITES, dice)
    elif way == 1 and len(title) > 12:
        title = title[: 2 * len(title) // 3] + "…"
    elif way == 2:
        parts = re.split(r"(?<=[,:，：])\s*", title, maxsplit=1) if chinese else title.split(" ")
        middle = len(parts) // 2
        title = _stop(base.text).join([*parts[middle:], *parts[:middle]])
    else:
        words = list(base.text[:24]) if chinese else base.text.split()[:9]
        title = _stop(base.text).join(words).strip()
    return replace(base, title=title)


_ENGLISH = (  # noqa: SIM905 - rows of words
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
_HAN = "零一二三四五六七八九"


def numbers(base: Story, dice: Random) -> Story | None:
    """Write numbers another way: 3 / three / 三, 1000 / 1,000, 5% / 5 percent / 百分之五."""
    chinese = is_chinese(base.text)
    written = _chinese_numbers(base.text) if chinese else _english_numbers(base.text)
    changed = dice.choice(
        [written, written, re.sub(r"(?<![\d.,])(\d{1,3})(\d{3})(?![\d.,年])", r"\1,\2", written)]
    )
    return replace(base, text=changed) if changed != base.text else None


def _english_numbers(text: str) -> str:
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(\d)\s?%", r"\1 percent", text)
    text = re.sub(r"(\d) (?:percent|per cent)\b", r"\1%", text) if text.count("%") else text
    text = re.sub(
        r"(?<![\w.,:/$-])(\d|1\d|20)(?![\w.,:/%-])", lambda found: _ENGLISH[int(found[1])], text
    )
    return re.sub(
        rf"(?<![\w-])({'|'.join(_ENGLISH[2:])})(?![\w-])",
        lambda found: str(_ENGLISH.index(found[1])) if len(found[1]) % 2 else found[1],
        text,
    )


def _chinese_numbers(text: str) -> str:
    text = re.sub(
        r"(?<![\d.,])(\d{1,4})\s?[%％]", lambda found: f"百分之{_han(int(found[1]))}", text
    )
    text = re.sub(
        r"(?<![\d.,:a-zA-Z/-])(\d{1,4})(?=[个人年月日天次名元岁篇点])",
        lambda found: _han(int(found[1])),
        text,
    )
    return re.sub(
        r"(?<![一二三四五六七八九十百千万几数第])([二三四五六七八九])(?=[个人天次名元岁篇])",
        lambda found: str(_HAN.index(found[1])),
        text,
    )


def _han(number: int) -> str:
    """A number below 10,000 in Chinese."""
    if number < 10:
        return _HAN[number]
    digits = str(number)
    written = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        written += _HAN[int(digit)] + (["", "十", "百", "千"][place] if digit != "0" else "")
    written = re.sub("零+", "零", written).rstrip("零")
    return written.removeprefix("一") if written.startswith("一十") else written


def several(*edits: Edit) -> Edit:
    """One edit after the other; no copy if one of them finds nothing to do."""

    def edit(base: Story, dice: Random) -> Story | None:
        made: Story | None = base
        for one in edits:
            made = made and one(made, dice)
        return made

    return edit


EDITS: dict[str, Edit] = {
    "cut to 70 %": truncate(0.7),
    "cut to 50 %": truncate(0.5),
    "cut to a third": truncate(0.33),
    "cut to 15 %": truncate(0.15),
    "footer": footer,
    "header": header,
    "advert": advert,
    "reformatted": reformat,
    "punctuation, width": width,
    "title": retitle,
    "numbers": numbers,
    "footer, title, width": several(footer, retitle, width),
    "advert, numbers, reformatted": several(numbers, advert, reformat),
    "cut, header, reformatted": several(truncate(0.4), header, reformat),
    "cut, title": several(truncate(0.5), retitle),
    "header, advert, footer, title": several(advert, header, footer, retitle),
}


# What must stay apart.


def sentences(text: str) -> list[str]:
    found = re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n", text)
    return [sentence.strip() for sentence in found if sentence.strip()]


def other_number(base: Story, dice: Random) -> Story | None:
    """Change one to all of the numbers that stand in digits."""
    found = list(re.finditer(r"(?<![\w.,:/=&-])\d+(?![\w/-])", base.text))
    found = [match for match in found if match.start() < 0.8 * len(base.text)]
    if not found:
        return None
    text = base.text
    for match in sorted(dice.sample(found, dice.randint(1, min(5, len(found)))), key=_start)[::-1]:
        number = str(int(match[0]) + dice.randint(1, 9))
        text = text[: match.start()] + number + text[match.end() :]
    return replace(base, text=text)


def _start(match: re.Match[str]) -> int:
    return match.start()


def other_name(base: Story, dice: Random) -> Story | None:
    """Put another name in the place of one, everywhere."""
    names = PLACES[is_chinese(base.text)]
    edge = "" if is_chinese(base.text) else r"\b"
    inner = base.text[len(base.text) // 10 : -len(base.text) // 10]
    there = [name for name in names if re.search(edge + name + edge, inner)]
    if not there:
        return None
    name = dice.choice(there)
    other = dice.choice([one for one in names if one not in base.text] or ["Xanadu"])
    change = re.compile(edge + name + edge)
    return replace(base, title=change.sub(other, base.title), text=change.sub(other, base.text))


def other_date(base: Story, dice: Random) -> Story | None:
    """Another weekday, month or day of the month."""
    if is_chinese(base.text):
        pattern, choices = r"(?<=[周期月])[一二三四五六]|(?<=月)\d{1,2}(?=日)", "一二三四五六"
    else:
        pattern = rf"\b(?:{'|'.join(MONTHS)})\b|\b(?:{'|'.join(WEEKDAYS)})\b"
        choices = ""
    match = re.search(pattern, base.text[: int(0.8 * len(base.text))])
    if match is None:
        return None
    if match[0].isdigit():
        other = str(int(match[0]) % 28 + 1)
    else:
        row = choices or (MONTHS if match[0] in MONTHS else WEEKDAYS)
        other = dice.choice([one for one in row if one != match[0]])
    return replace(base, text=base.text[: match.start()] + other + base.text[match.end() :])


def correction(base: Story, dice: Random) -> Story:
    """Say the opposite somewhere, put another figure, or add what was wrong."""
    way = dice.randrange(3)
    note = _words(base.text, CORRECTIONS, dice)
    if way == 0:
        place = "更正：" if is_chinese(base.text) else "Correction: "
        return replace(base, title=place + base.title, text=base.text)
    if way == 1:
        return replace(base, text=note + "\n" + base.text)
    return _denied(base) or replace(base, text=base.text + "\n" + note)


def _denied(base: Story) -> Story | None:
    pattern, opposite = (
        (r"(?<=[他我们])会", "不会")
        if is_chinese(base.text)
        else (r"\b(is|was|will|can|has|are)\b(?! not)", r"\1 not")
    )
    start = len(base.text) // 5
    text = re.sub(pattern, opposite, base.text[start:], count=1)
    return replace(base, text=base.text[:start] + text) if text != base.text[start:] else None


def update(base: Story, dice: Random) -> Story | None:
    """A later version under a new title, with the same start and new sentences between."""
    parts = sentences(base.text)
    if len(parts) < 8:
        return None
    mark = dice.choice(["更新：", "最新："] if is_chinese(base.text) else ["UPDATE 1-", "Update: "])
    text = _stop(base.text).join([*parts[: len(parts) // 2], *parts[-2:]])
    return replace(base, title=mark + base.title, text=text)


FALSE_EDITS: dict[str, Edit] = {
    "another number": other_number,
    "another name": other_name,
    "another date": other_date,
    "correction": correction,
    "update": update,
}


def series(few: Sequence[Story], dice: Random) -> tuple[Story, Story]:
    """Parts of a series: the same teaser, or the same long introduction to different texts."""
    one, other, introduction, _ = few
    chinese = is_chinese(one.text)
    number = dice.randint(1, 8)
    ways = (
        [("（一）", "（二）"), ("（上）", "（下）"), ("第{}集", "第{}集"), ("{}/9", "{}/9")]
        if chinese
        else [
            (", part {}", ", part {}"),
            (" ({}/9)", " ({}/9)"),
            (" Part I", " Part II"),
            (" #{}", " #{}"),
        ]
    )
    first, second = dice.choice(ways)
    titles = (
        introduction.title + first.format(number),
        introduction.title + second.format(number + 1),
    )
    lead = " ".join(sentences(introduction.text)[:4])[:900]
    rest = ("", "") if dice.random() < 0.5 else ("\n" + one.text, "\n" + other.text)
    return (
        replace(one, title=titles[0], text=lead + rest[0]),
        replace(other, title=titles[1], text=lead + rest[1]),
    )


def photo(few: Sequence[Story], dice: Random) -> tuple[Story, Story]:
    """The same press photo and caption above different texts."""
    one, other, third, _ = few
    caption = " ".join(sentences(third.text)[:2])[: 90 if is_chinese(one.text) else 260]
    credit = dice.choice(["(Photo: AP)", "Getty Images", "图/视觉中国", "新华社发"])
    return (
        replace(one, text=f"{caption} {credit}\n{one.text}"),
        replace(other, text=f"{caption} {credit}\n{other.text}"),
    )


def quotes(few: Sequence[Story], dice: Random) -> tuple[Story, Story]:
    """Different reports that quote the same sentences, at places of their own."""
    one, other, third, _ = few
    said = [f'"{sentence}"' for sentence in sentences(third.text)[:3]]
    made = []
    for report in (one, other):
        parts = sentences(report.text)
        for quote in said:
            parts.insert(dice.randint(0, len(parts)), quote)
        made.append(replace(report, text=_stop(report.text).join(parts)))
    return made[0], made[1]


def round_up(few: Sequence[Story], dice: Random) -> tuple[Story, Story]:
    """An article, and a newsletter in which it is one item, whole or shortened."""
    order = dice.sample(few, 4)
    share = dice.choice([1, 1, 0.5])
    items = "\n".join(f"{item.title}\n{item.text[: int(len(item.text) * share)]}" for item in order)
    chinese = is_chinese(few[0].text)
    greeting = dice.choice(
        ["早上好，以下是今天的要闻。", "本周精选"]
        if chinese
        else ["Good morning. Here is the news.", "This week"]
    )
    title = dice.choice(
        ["今日要闻", "每周精选 第12期"] if chinese else ["Morning briefing", "Links for today"]
    )
    return few[0], replace(few[1], title=title, text=f"{greeting}\n{items}")


def digest(few: Sequence[Story], dice: Random) -> tuple[Story, Story]:
    """Two numbers of one daily digest: the same frame around other headlines."""
    chinese = is_chinese(few[0].text)
    day = dice.randint(1, 27)
    head = (
        "早上好！以下是今天最值得关注的新闻，感谢您的订阅。"
        if chinese
        else (
            "Good morning, and thank you for reading. These are the stories that we follow today."
        )
    )
    foot = _words(few[0].text, FOOTERS, dice)
    made = []
    for number in (0, 1):
        title = (
            f"每日简报 4月{day + number}日" if chinese else f"Daily digest, April {day + number}"
        )
        lines = [f"{item.title}\n{sentences(item.text)[0][:300]}" for item in few[2 * number :][:2]]
        made.append(replace(few[number], title=title, text="\n".join([head, *lines, head, foot])))
    return made[0], made[1]


MIXTURES: dict[str, Mixture] = {
    "series": series,
    "same photo": photo,
    "same quotes": quotes,
    "round-up": round_up,
    "daily digest": digest,
}


def _bulletins(chinese: bool) -> Iterator[Pair]:
    """Bulletins that differ in all of their fields, or in a single one."""
    for number in range(4 * PER_KIND):
        dice = Random(f"{SEED}:bulletin:{number}:{chinese}")
        frame = dice.choice(BULLETINS[chinese])
        fields = _fields(frame, ROWS[chinese], dice)
        single = number % 2 == 0
        others = (
            _one_other(fields, frame, chinese, dice)
            if single
            else (_fields(frame, ROWS[chinese], dice))
        )
        left, right = (_filled(frame, values, chinese) for values in (fields, others))
        if left.text != right.text:
            kind = "bulletin, one field" if single else "bulletin"
            yield Pair(kind, False, chinese, half(left.text), left, right)


_FIELD = re.compile(r"\{(\w+)\}")


def crowd(chinese: bool, size: int) -> list[tuple[Story, Story]]:
    """Bulletins made from one template, one an hour, and a copy of each with a footer."""
    made = []
    for number in range(size):
        dice = Random(f"{SEED}:crowd:{number}:{chinese}")
        frame = BULLETINS[chinese][0]
        one = _filled(frame, _fields(frame, ROWS[chinese], dice), chinese)
        one = replace(one, published=EPOCH + timedelta(hours=number))
        made.append((one, footer(one, dice)))
    return made


def _fields(frame: tuple[str, str], rows: dict[str, Sequence[str]], dice: Random) -> list[str]:
    """A value for every field of title and text; the same one where the title repeats the text."""
    title = _FIELD.findall(frame[0])
    values = [_value(name, rows, dice) for name in _FIELD.findall(frame[1])]
    named = dict(zip(_FIELD.findall(frame[1])[::-1], values[::-1], strict=True))
    return [*(named[name] for name in title), *values]


def _value(name: str, rows: dict[str, Sequence[str]], dice: Random) -> str:
    if name == "n":
        return str(dice.randint(2, 59))
    return f"{dice.randint(1, 7)}.{dice.randint(0, 9)}" if name == "d" else dice.choice(rows[name])


def _one_other(fields: list[str], frame: tuple[str, str], chinese: bool, dice: Random) -> list[str]:
    titled = len(_FIELD.findall(frame[0]))
    place = dice.randrange(titled, len(fields))
    name = _FIELD.findall("".join(frame))[place]
    values = iter(lambda: _value(name, ROWS[chinese], dice), fields[place])
    return [*fields[:place], next(values, fields[place]), *fields[place + 1 :]]


def _filled(frame: tuple[str, str], values: Iterable[str], chinese: bool) -> Story:
    filling = iter(values)
    title, text = (_FIELD.sub(lambda _: next(filling), part) for part in frame)
    return Story(
        title=title, text=text, url=None, language="zh" if chinese else "en", published=EPOCH
    )


def _short(items: Sequence[Item]) -> Iterator[Pair]:
    """Real items of a line, with a word more: too little to be called the same story."""
    short = [i.story for i in items if 12 < len(i.story.text) < (30 if i.chinese else 95)]
    once = list({story.text: story for story in short}.values())
    for base in once[:PER_KIND]:
        copy = replace(base, text=base.text + ("。好" if is_chinese(base.text) else " Really."))
        yield Pair("very short", False, is_chinese(base.text), half(base.text), base, copy)


def _same_day(items: Sequence[Item]) -> Iterator[Pair]:
    """Different real articles that one source published on one day (Chinese: in one month)."""
    days = defaultdict(dict)
    for item in items:
        story = item.story
        if len(story.text) > 130 and story.published != EPOCH:
            day = f"{story.published:%Y-%m}" if item.chinese else f"{story.published:%Y-%m-%d}"
            days[item.source, day][story.title] = story
    found = [
        (left, right)
        for stories in days.values()
        for left, right in combinations(list(stories.values())[:4], 2)
    ]
    for left, right in Random(SEED).sample(found, min(2 * PER_KIND, len(found))):
        chinese = is_chinese(left.text)
        yield Pair("same source, same day", False, chinese, half(left.text), left, right)


def _translations(folder: Path) -> Iterator[Pair]:
    """Pages of one handbook in two languages, with the same listings inside."""
    root = folder / "posts/hexo-site/source"
    made = 0
    for file in sorted((root / "docs").glob("*.md")):
        originals = list(read(file))
        for language in ("zh-cn", "ja", "ru"):
            translated = root / language / "docs" / file.name
            if not translated.is_file() or translated.read_text("utf-8").isascii():
                continue
            if originals and translated.is_file() and made < 2 * PER_KIND:
                right = replace(next(read(translated)).story, language=language)
                left = replace(originals[0].story, language="en")
                made += 1
                yield Pair("translation", False, False, half(left.text), left, right)


def _releases(folder: Path) -> Iterator[Pair]:
    """Announcements of different releases of one program."""
    files = sorted((folder / "posts/hexo-site/source/_posts").glob("*released*.md"))
    stories = [item.story for file in files for item in read(file)]
    neighbours = list(pairwise(stories))
    for left, right in neighbours[:PER_KIND]:
        yield Pair("release notes", False, False, half(left.text), left, right)
