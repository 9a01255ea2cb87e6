"""Pages as sites build them, and what a feed says of the articles on them."""

from aggregator.article import Article

TEASER = (
    "The harbour of Nordvik has been closed since Monday because of ice, and the ferries will not "
    "run again before the end of the week, its master said."
)
ENGLISH = (
    TEASER,
    "Two icebreakers were sent from the south, but the larger of them was held up by a storm off "
    "the cape. It is expected on Thursday morning, the coast guard told the mayor.",
    "Shops on the island have food for ten days. The school stays open, although the teachers from "
    "the mainland cannot come, and lessons are given over the radio as they were in 1966.",
    "Nobody here remembers a winter like this one. The oldest inhabitant, who is ninety-four, said "
    "that the fjord froze over twice in her youth, but never before Christmas.",
)
TEASER_ZH = (
    "北岛港自周一起因海冰封锁，渡轮在周末之前不会恢复通航，港务局长周二在记者会上表示，"
    "两艘破冰船已经从南方出发，预计周四上午抵达。"
)
CHINESE = (
    TEASER_ZH,
    "其中较大的一艘在海角附近遇到风暴，被迫停航一天。海岸警卫队告诉市长，风暴减弱后它会继续北上，"
    "届时将先为油轮开辟航道，再护送渡轮进港。",
    "岛上的商店还有十天的食品储备。学校照常上课，但来自大陆的教师无法返校，课程改由广播进行，"
    "就像一九六六年那个冬天一样，孩子们说这样很有意思。",
    "没有人记得有过这样的冬天。岛上最年长的居民今年九十四岁，她说年轻时峡湾曾经两次封冻，"
    "但从来没有发生在圣诞节之前，今年的雪也比往年早了整整一个月。",
)
ADDRESS = "https://paper.example.org/2026/11/harbour.html"


def article(text: str = TEASER, title: str = "Ice closes harbour", **more: object) -> Article:
    """A feed's article as cleaning leaves it."""
    return Article(uid="1", title=title, html=f"<p>{text}</p>", text=text, summary=text, **more)


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(
    content: str,
    title: str = "Ice closes harbour",
    head: str = "",
    after: str = "",
    lang: str = "en",
) -> str:
    """A page as a newspaper has it: navigation, the article, what else there is, a footer."""
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">
    <title>{title} | The Paper</title>{head}</head><body>
    <div class="header"><a href="/"><img src="/logo.png" alt="The Paper"></a>
    <ul class="nav"><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li></ul></div>
    <div id="main"><article><h1>{title}</h1><div class="byline">By Ida Holm, 23 November 2026</div>
    <div class="article-body">{content}</div></article>{after}</div>
    <footer><p>© 2026 The Paper. All rights reserved.</p><a href="/imprint">Imprint</a></footer>
    </body></html>"""
