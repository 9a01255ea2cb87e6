# ruff: noqa: E501 - a story is a line
"""What the pages of the tests are built of: stories, and furniture around them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ENGLISH = """
River crossing reopens after two winters of repairs|The first buses cross at six in the morning, and the ferry stops for good at noon.
Council votes to keep the old swimming hall|A narrow majority wants the roof mended before the autumn, at a third of the price of a new one.
How a village of ninety bought its only shop|Shares were sold at the bar, and the till is now everybody's business.
Bakers complain about the price of butter|It has doubled within a year, and croissants shrink before our eyes.
Night trains return to the northern line|Sleepers leave on Fridays only; the timetable grows in spring if seats are taken.
What the archive of a forgotten weather station tells|Ninety years of rain in pencil, and a volunteer who types them in.
School gardens are to feed the canteens|Twelve schools begin with potatoes, leeks and a great deal of patience.
A lighthouse keeper's diary is found in a wall|It tells of storms, of a stubborn goat, and of prices at the harbour.
The choir that rehearses in a car park|Good acoustics, no rent, and an audience that did not plan to listen.
Researchers map the sounds of the marsh|Forty microphones hear frogs before anybody sees them.
Why the bridge is painted by hand every year|Machines miss the rivets, and rust does not.
New rules for scooters take effect on Monday|Riders must park in marked bays; the first week brings warnings only.
Football club sells its floodlights to a circus|The team moves its matches to the afternoon, to the delight of parents.
A map of all the benches in town|Six hundred and twelve, and a retired surveyor has sat on each.
Power cut leaves the market in the dark|Fishmongers sold by torchlight until ten, and threw nothing away.
Last film reels leave the cinema by bicycle|The collection goes to the city archive, two boxes at a time.
"""
CHINESE = """
全市老旧小区加装电梯工程进入收尾阶段|截至五月底，已有四百余部电梯交付使用，居民出行更加便利。
暑运火车票今日开售 多条线路加开夜间列车|铁路部门提醒旅客提前规划行程，错峰出行。
国家统计局发布五月份居民消费价格数据|食品价格总体平稳，鲜菜价格环比有所回落。
高校毕业生就业服务季在多地启动|线上线下招聘会同步举行，提供岗位超过十万个。
央行开展两千亿元逆回购操作维护流动性|操作利率与此前持平，市场反应平稳。
长江中游水位上涨 防汛部门加强巡查|沿线各地已备足物资，重点堤段二十四小时值守。
自然博物馆夜场开放 亲子家庭成主力|讲解员带领观众用手电筒寻找恐龙化石。
新能源汽车下乡活动公布首批车型目录|共有九十九款车型入选，多地同步推出补贴。
考古队在古城遗址发现完整排水系统|陶制管道保存完好，为研究当时的城市规划提供了材料。
城市绿道建设三年计划完成过半|绿道串起公园与河岸，全长已达三百公里。
"""


@dataclass(frozen=True)
class Story:
    """What an article's place on a page shows."""

    title: str
    summary: str
    day: date
    slug: str
    n: int

    def on(self, form: str) -> str:
        """Give the day as ``strftime`` writes it."""
        return self.day.strftime(form)


@dataclass(frozen=True)
class Page:
    """A page, and the addresses, titles and days (ISO, "" for none) that it must yield."""

    name: str
    url: str
    html: str
    expected: tuple[tuple[str, str, str], ...] = ()


def stories(count: int, text: str = ENGLISH, skip: int = 0) -> list[Story]:
    """Give some stories, a few days apart, newest first."""
    lines = [line.partition("|") for line in text.strip().splitlines()]
    lines = (lines * (1 + (count + skip) // len(lines)))[skip : skip + count]
    return [
        Story(
            title=title if n + skip < len(text.strip().splitlines()) else f"{title} ({n + skip})",
            summary=summary,
            day=date(2024, 6, 14) - timedelta(days=3 * (n + skip)),
            slug="-".join(title.lower().replace("'", "").split()[:6])
            if title.isascii()
            else f"{n}",
            n=n + skip,
        )
        for n, (title, _, summary) in enumerate(lines)
    ]


def each(found: Iterable[Story], form: Callable[[Story], str]) -> str:
    """Join what each story is written as."""
    return "\n".join(form(story) for story in found)


def truth(
    found: Iterable[Story], address: Callable[[Story], str], *, dated: bool = True
) -> tuple[tuple[str, str, str], ...]:
    """Give what a page with these stories must yield."""
    return tuple((address(s), s.title, s.day.isoformat() if dated else "") for s in found)


def menu(names: str, tag: str = "nav") -> str:
    """Give a menu of sections."""
    items = "".join(
        f'<li class="menu-item"><a href="/{n.lower().replace(" ", "-")}/">{n}</a></li>'
        for n in names.split("|")
    )
    return f'<{tag}><ul class="menu">{items}</ul></{tag}>'


def document(head: str, body: str, lang: str = "en") -> str:
    """Give a whole document."""
    return f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">{head}</head>\n{body}</html>'
