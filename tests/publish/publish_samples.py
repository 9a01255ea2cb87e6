"""Entries as the store hands them out, in several languages and with everything they can have."""

from datetime import UTC, datetime, timedelta

from aggregator.article import Article, Companion, Enclosure, Entry, Episode, Feed, Origin
from aggregator.publish import FeedLink, Site

SITE = Site("Morning papers", "https://feeds.example.org/", description="What matters, once.")
NEWEST = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)


def entry(number: int, article: Article, **values: object) -> Entry:
    moment = NEWEST - timedelta(hours=7 * number)
    made: dict[str, object] = {
        "id": f"urn:uuid:00000000-0000-5000-8000-{number:012d}",
        "key": f"00000000-0000-5000-8000-{number:012d}",
        "article": article,
        "published": moment,
        "updated": moment + timedelta(minutes=5),
        "source": "Inbox",
        "slugs": tuple(category.lower() for category in article.categories),
    }
    return Entry(**(made | values))  # type: ignore[arg-type]


ENGLISH = entry(
    1,
    Article(
        uid="1",
        title="Use <b> & <i> sparingly: AT&T's style guide",
        url="https://example.org/style?a=1&b=2",
        authors=("Ada Lovelace", "Grace Hopper"),
        categories=("Style", "Writing"),
        html='<p>Bold is <b>loud</b>.</p><p><img src="https://example.org/i.png" alt=""></p>',
        text="Bold is loud.",
        summary="Bold is loud; 1 < 2 & 3 > 2.",
        image="https://example.org/i.png",
        language="en",
        enclosures=(
            Enclosure(
                url="https://example.org/talk.mp3",
                media_type="audio/mpeg",
                length=1234,
                title="The talk",
                duration=61,
            ),
            Enclosure(url="https://example.org/talk.mp4", media_type="video/mp4", duration=62),
        ),
        origin=Origin(
            title="Example",
            url="https://example.org/",
            feed_url="https://example.org/feed.xml",
            id="tag:example.org,2024:feed",
            updated=datetime(2024, 5, 16, tzinfo=UTC),
        ),
    ),
)
CHINESE = entry(
    2,
    Article(
        uid="2.md",
        title="央行：2023年12月末广义货币（M2）余额292.27万亿元 同比增长9.7%",
        authors=("新浪财经",),
        categories=("新浪财经－国內",),
        html="<p>中国人民银行发布2023年金融统计数据报告。</p><p>初步统计，全年人民币贷款增加22.75万亿元。</p>",
        text="中国人民银行发布2023年金融统计数据报告。初步统计，全年人民币贷款增加22.75万亿元。",
        summary="中国人民银行发布2023年金融统计数据报告。初步统计，全年人民币贷款增加22.75万亿元。",
        image="https://example.cn/头图.jpg",
        language="zh-CN",
    ),
    source="Sina Finance",
    slugs=("新浪财经-国內",),
)
ARABIC = entry(
    3,
    Article(
        uid="3",
        title="مقال عن المكتبات العامة في القاهرة (2024)",
        url="https://example.com/ar/%D9%85%D9%82%D8%A7%D9%84",
        categories=("ثقافة",),
        html='<p dir="rtl">المكتبات مفتوحة للجميع كل يوم.</p>',
        text="المكتبات مفتوحة للجميع كل يوم.",
        summary="المكتبات مفتوحة للجميع كل يوم، من التاسعة صباحًا حتى الثامنة مساءً.",
        language="ar",
    ),
)
HEBREW = entry(
    4,
    Article(
        uid="4",
        title="חדשות RSS 2.0 לקוראים",
        url="https://example.com/he",
        html="<p>שלום עולם</p>",
        text="שלום עולם",
        summary="שלום עולם",
        language="he",
    ),
)
UNTITLED = entry(
    5,
    Article(
        uid="5", url="https://example.com/note", html="<p>Just a note 😀</p>", text="Just a note 😀"
    ),
)
LONG = entry(
    6,
    Article(
        uid="6",
        title="A very long headline, " * 9 + "and_a_word_that_will_not_break_" * 5,
        url="https://example.com/long",
        categories=tuple(f"Label {number}" for number in range(30)),
        html="<p>Long.</p>",
        text="Long.",
        summary="A summary of some length, as they come. " * 8,
        enclosures=(Enclosure(url="https://example.com/unknown.bin"),),
        origin=Origin(title="No address"),
    ),
)
BARE = entry(7, Article(uid="7"))
PODCAST = entry(
    8,
    Article(
        uid="8",
        title="13: Where feeds come from",
        url="https://example.org/13",
        authors=("Ada Lovelace",),
        html="<p>Show notes</p>",
        text="Show notes",
        image="https://example.org/13.jpg",
        language="en",
        enclosures=(
            Enclosure(
                url="https://example.org/13 (final).mp3",
                media_type="audio/mpeg",
                length=54321,
                duration=3723,
                episode=Episode(
                    number=13,
                    season=2,
                    kind="bonus",
                    explicit=False,
                    image="https://example.org/13.jpg",
                    chapters=Companion(
                        url="https://example.org/13.json", media_type="application/json+chapters"
                    ),
                    transcripts=(
                        Companion(
                            url="https://example.org/13.vtt", media_type="text/vtt", language="en"
                        ),
                        Companion(url="https://example.org/13 (final).srt", media_type="no type"),
                    ),
                ),
            ),
            Enclosure(
                url="https://example.org/13.mp4",
                media_type="video/mp4",
                duration=3700,
                width=640,
                height=360,
            ),
        ),
    ),
)
VIDEO = entry(
    9,
    Article(
        uid="9",
        title="Moving pictures",
        url="https://example.org/v",
        authors=("Grace Hopper",),
        html="<p>Look</p>",
        text="Look",
        language="en",
        enclosures=(
            Enclosure(url="https://example.org/v", medium="video", width=1920, height=1080),
        ),
    ),
)
MEDIA = Feed(
    slug="media",
    id="urn:uuid:00000000-0000-5000-8000-0000000000e1",
    title="Listen",
    language="en",
    entries=(PODCAST, VIDEO),
)

ENTRIES = (ENGLISH, CHINESE, ARABIC, HEBREW, UNTITLED, LONG, BARE)
FEED = Feed(
    slug="新浪财经-国內",
    id="urn:uuid:00000000-0000-5000-8000-00000000feed",
    title="新浪财经－国內",
    description="News & views",
    language="zh-CN",
    entries=ENTRIES,
)
EVERYTHING = Feed(
    slug="",
    id="urn:uuid:00000000-0000-5000-8000-0000000000a1",
    title="Morning papers",
    entries=ENTRIES,
)
EMPTY = Feed(slug="empty", id="urn:uuid:00000000-0000-5000-8000-0000000000e0", title="Empty")
LINKS = (
    FeedLink("新浪财经-国內", "新浪财经－国內", 7, NEWEST),
    FeedLink("style", "Style & “quotes”", 1, NEWEST),
    FeedLink("金融/新浪", "金融 / 新浪", 0),
)
