"""Which articles of feeds are taken for teasers."""

import pytest
from extract_samples import CHINESE, ENGLISH, TEASER, TEASER_ZH, article

from aggregator.article import Article, Enclosure
from aggregator.extract import is_teaser

LONG, LONG_ZH = "\n".join(ENGLISH), "\n".join(CHINESE)
AUDIO = Enclosure(url="https://example.org/1.mp3", media_type="audio/mpeg")
PICTURE = Enclosure(url="https://example.org/1.jpg", media_type="image/jpeg")

TEASERS = {
    "a summary": article(),
    "a Chinese summary": article(TEASER_ZH),
    "a summary with a picture": article(enclosures=(PICTURE,)),
    "nothing": article(""),
    "a long text that breaks off": article(LONG + " And then the…"),
    "a long text with brackets": article(LONG + " And then the [...]"),
    "a long text with a link": article(LONG + "\nRead more"),
    "a longer link": article(LONG + "\nContinue reading Ice closes harbour →"),
    "a Chinese link": article(LONG_ZH + "[阅读全文]"),
    "a German link": article(LONG + "\nWeiterlesen"),
    "a Japanese link": article(LONG_ZH + "\n続きを読む"),
}
WHOLE = {
    "a long text": article(LONG),
    "a long Chinese text": article(LONG_ZH),
    "a text that ends with more": article(LONG + " They want more"),
    "an ellipsis within": article("Well… " + LONG),
    "a note without a title": article("Ice on the fjord again.", title=""),
    "an episode": article("Ida and Ole talk about the ice.", enclosures=(AUDIO,)),
    "a comic": Article(uid="1", title="Ice", html='<p><img src="https://e.org/1.png"></p>'),
    "a short text with code": Article(
        uid="1", title="Tip", html="<p>Use:</p><pre>ls</pre>", text="Use:\nls"
    ),
}


@pytest.mark.parametrize("one", TEASERS.values(), ids=TEASERS)
def test_teasers(one: Article) -> None:
    assert is_teaser(one)


@pytest.mark.parametrize("one", WHOLE.values(), ids=WHOLE)
def test_whole_articles(one: Article) -> None:
    assert not is_teaser(one)


def test_dots_decide_whatever_the_length() -> None:
    assert is_teaser(article(TEASER * 40 + "..."))
