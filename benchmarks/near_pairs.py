"""Pairs of articles that are, or are not, the same story: made from real ones by known edits.

``pairs(folder)`` reads the articles below a folder of feeds and posts, edits them with a fixed seed
and says of every pair what it is. Nothing of the data is kept; the same folder gives the same pairs.
"""

import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice
from pathlib import Path
from random import Random

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


def pairs(folder: Path) -> list[Pair]:
    """All pairs that can be made of the data below a folder."""
    items = real_items(folder)
    made = [
        pair
        for chinese in (False, True)
        for pair in _of_language([item for item in items if item.chinese is chinese], chinese)
    ]
    return [*made, *_translations(folder), *_releases(folder)]


def real_items(folder: Path) -> list[Item]:
    """The cleaned articles of the captured feeds and derived posts, and the Chinese ones."""
    files = [
        *sorted((folder / "feeds/captured").glob("*.xml")),
        *sorted((folder / "posts/derived").rglob("*.md")),
        *sorted((folder / "posts/yihui/content/cn").glob("*.md")),
    ]
    return [item for file in files if file.is_file() for item in read(file)]


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
    if made is None or made.text == base.text and made.title == base.title:
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


FOOTERS = {
    False: (
        "Follow us on Twitter and Facebook for more stories like this.",
        "Reporting by our correspondents; editing by the news desk. Our standards: the Trust "
        "Principles.",
        "Copyright 2022 The Associated Press. All rights reserved. This material may not be "
        "published, broadcast, rewritten or redistributed.",
        "Sign up for our newsletter: the 5 stories you need to know, every morning at 7.",
        "The post appeared first on the Daily Gazette.",
        "If you enjoyed this article, consider supporting the author on Patreon from $3 a month.",
        "Related: Ten things we learned this week. Also read: What comes next?",
        "Last updated: 6 April 2022, 10:42 GMT. Share this article. 14 comments.",
    ),
    True: (
        "责任编辑：陈志杰",
        "海量资讯、精准解读，尽在新浪财经APP",
        "免责声明：本文仅代表作者个人观点，与本网站无关。其原创性以及文中陈述文字和内容未经本站证实。",
        "关注我们的微信公众号，每天早上7点获取5条最重要的新闻。",
        "（本文来源：中国新闻网，记者 李明）",
        "版权声明：未经授权不得转载。转载请注明出处及作者。",
        "相关阅读：本周十大新闻回顾 | 更多精彩内容请点击阅读原文",
        "更新时间：2022年4月6日 10:42 阅读 1.2万 评论 36",
    ),
}
HEADERS = {
    False: (
        "LONDON, April 5 (Reuters) -",
        "By Jane Miller, Staff Writer",
        "Posted on Tuesday by admin | 5 min read",
        "This article originally appeared elsewhere and is republished with permission.",
    ),
    True: (
        "来源：彩练新闻",
        "新华社北京4月5日电（记者王磊）",
        "本报记者 刘洋 报道",
        "原标题：今日要闻。文章转载自合作媒体，已获授权。",
    ),
}
ADVERTS = {
    False: (
        "Advertisement",
        "Story continues below advertisement",
        "SPONSORED: Save 40% on your first order with code SPRING22. Shop now and get free "
        "delivery on everything over $50.",
        "Looking for a faster VPN? Try SpeedTunnel free for 30 days, no credit card needed.",
        "Download our app to read offline. Available for iPhone and Android.",
        "More from our partners: this one trick doubles your battery life, experts say.",
    ),
    True: (
        "广告",
        "扫描二维码下载APP，新用户立减20元，全场满199元包邮。",
        "【推广】炒股就看金麒麟分析师研报，权威，专业，及时，全面，助您挖掘潜力主题机会！",
        "点击进入专题：今年春天最值得入手的十款手机",
        "24小时滚动播报最新的财经资讯和视频，更多粉丝福利扫描二维码关注。",
    ),
}
ENDINGS = {
    False: ("…", "...", " […]", " [...]", "… Read more", "", " Continue reading", ""),
    True: ("…", "……", "...", "…阅读全文", "", "[…]", "……查看更多", ""),
}
SITES = {
    False: (" - The Daily Gazette", " | Reuters", " – BBC News", " :: Tech Planet"),
    True: ("_新浪财经", " - 中国新闻网", "｜财经早知道", "-手机网易网"),
}


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
    if dice.random() < 0.5:
        text = text.replace("\n", _stop(text))
    else:
        text = "\n\n".join(sentences(text))
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


_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()  # noqa: SIM905
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
    found = list(re.finditer(r"(?<![\w.,/])\d+(?![\w/])", base.text))
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


PLACES = {
    False: (
        "Berlin Paris London Madrid Tokyo Chicago Boston Toronto Sydney Dublin Oslo Vienna "
        "Google Microsoft Amazon Apple Facebook Oracle America Europe China Japan Germany France "
        "Canada Australia Linux Windows Python Java Ruby Trump Biden Smith Jones Miller"
    ).split(),  # noqa: SIM905
    True: (
        "北京 上海 广州 深圳 成都 武汉 南京 杭州 中国 美国 日本 英国 德国 法国 台湾 香港 谷歌 微软 "
        "苹果 清华 北大 人大 张三 李四 王五 老张 老李 小王 爸爸 妈妈 老师 学生 统计 数学 中文 英文"
    ).split(),  # noqa: SIM905
}


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


_MONTHS = (
    "January February March April June July August September October November December"
).split()  # noqa: SIM905
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905


def other_date(base: Story, dice: Random) -> Story | None:
    """Another weekday, month or day of the month."""
    if is_chinese(base.text):
        pattern, choices = r"(?<=[周期月])[一二三四五六]|(?<=月)\d{1,2}(?=日)", "一二三四五六"
    else:
        pattern = rf"\b(?:{'|'.join(_MONTHS)})\b|\b(?:{'|'.join(_WEEKDAYS)})\b"
        choices = ""
    match = re.search(pattern, base.text[: int(0.8 * len(base.text))])
    if match is None:
        return None
    if match[0].isdigit():
        other = str(int(match[0]) % 28 + 1)
    else:
        row = choices or (_MONTHS if match[0] in _MONTHS else _WEEKDAYS)
        other = dice.choice([one for one in row if one != match[0]])
    return replace(base, text=base.text[: match.start()] + other + base.text[match.end() :])


CORRECTIONS = {
    False: (
        "Correction: an earlier version of this article misstated what was agreed.",
        "Corrected on Wednesday: the previous version named the wrong person.",
        "Clarification: the company denies that it took part.",
    ),
    True: (
        "更正：此前报道有误，特此说明并致歉。",
        "勘误：本文早先版本写错了当事人的姓名。",
        "【澄清】公司回应称并未参与此事。",
    ),
}


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

# Templates of bulletins: every {name} is filled from the row of that name, or by a number.
BULLETINS = {
    False: (
        ("Weather for {place}", "Today in {place} it will be {sky} with a high of {n} degrees and a low of {n} degrees. Winds from the {wind} at {n} km/h. The chance of rain is {n} percent. Tomorrow expect {sky} skies."),
        ("Magnitude {d} earthquake near {place}", "A magnitude {d} earthquake struck {n} km from {place} on {day}, the geological survey said. The quake hit at a depth of {n} km at {n}:{n} local time. There were no immediate reports of damage or casualties. Residents felt the shaking for several seconds, and some left their homes."),
        ("{place} stocks close at {n},{n}", "The {place} stock index closed at {n},{n} points on {day}, a change of {d} percent from the previous session. Turnover was {n} billion. Among the gainers was {firm}, which added {d} percent, while {firm} lost {d} percent."),
        ("{place} beat {place} {n}-{n}", "{place} beat {place} {n}-{n} on {day} in front of a crowd of {n},{n}. The winning goal came in minute {n} after a corner. The coach praised the team and said that the next match will be harder. {place} are now {n} points ahead in the table."),
        ("{tool} {n}.{n}.{n} released", "{tool} {n}.{n}.{n} is available now. This release fixes {n} bugs and improves performance by {n} percent. Upgrade with the package manager of your system. We thank all contributors who reported problems and sent patches for this version."),
    ),
    True: (
        ("{place}今日天气", "今天{place}{sky}，最高气温{n}℃，最低气温{n}℃，{wind}风{n}级，降水概率百分之{n}。气象部门提醒市民出行注意安全，及时增减衣物，预计明天{sky}，空气质量指数{n}，适宜户外活动。"),
        ("{place}发生{d}级地震", "中国地震台网正式测定：{n}月{n}日{n}时{n}分在{place}附近发生{d}级地震，震源深度{n}千米。截至目前，暂未收到人员伤亡和财产损失的报告，当地部门已派出工作组赶赴震中了解情况，后续将及时通报。"),
        ("{place}股市收报{n}点", "{place}股市{day}收盘，主要股指报{n}{n}点，涨跌幅为{d}%，成交额{n}亿元。个股方面，{firm}涨{d}%，{firm}跌{d}%。分析人士认为，短期市场仍将维持震荡，投资者应当注意控制仓位。"),
        ("{place}队{n}比{n}战胜{place}队", "{day}晚进行的一场比赛中，{place}队主场以{n}比{n}战胜{place}队，第{n}分钟的进球决定了比赛的胜负。赛后主教练表示，球员们的表现令人满意，下一场比赛将更加困难。目前{place}队以{n}分排名积分榜首位。"),
        ("{place}新增确诊病例{n}例", "{place}卫健委通报：{n}月{n}日0时至24时，全市新增本土确诊病例{n}例，新增无症状感染者{n}例，均已转运至定点医院隔离治疗。请广大市民继续做好个人防护，非必要不离开本市，配合社区做好核酸检测工作。"),
    ),
}  # fmt: skip
ROWS = {
    False: {
        "place": PLACES[False][:12],
        "sky": ["sunny", "cloudy", "rainy", "foggy"],
        "wind": ["north", "south", "east", "west"],
        "day": _WEEKDAYS,
        "firm": PLACES[False][12:18],
        "tool": ["Frobnicator", "LibQuux", "Sprocket", "Gizmo"],
    },
    True: {
        "place": PLACES[True][:8],
        "sky": ["晴", "多云", "小雨", "大雾"],
        "wind": ["东", "南", "西", "北"],
        "day": [f"周{day}" for day in "一二三四五六日"],
        "firm": ["贵州茅台", "中国平安", "招商银行", "宁德时代"],
    },
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
    neighbours = list(zip(stories, stories[1:], strict=False))
    for left, right in neighbours[:PER_KIND]:
        yield Pair("release notes", False, False, half(left.text), left, right)


if __name__ == "__main__":
    raise SystemExit("run near_duplicates.py, which reports on these pairs")
