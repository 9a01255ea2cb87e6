"""Text that was broken before it came: put right where that is certain, named where it is not."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.article import Document
from aggregator.parse import parse
from aggregator.parse.mojibake import mend

SAMPLES = sorted((Path(__file__).parents[2] / "benchmarks" / "samples").glob("*.txt"))
PUT_RIGHT = "Text that had been read in a wrong character set was put right."


def shown(text, as_set):
    """UTF-8 as it looks in another set, where windows-1252 keeps what it cannot show."""
    if as_set != "cp1252":
        return text.encode().decode(as_set)
    return "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("donâ€™t â€œpanicâ€\x9d", "don’t “panic”"),
        ("Der 11. MÃ¤rz", "Der 11. März"),
        ("une citÃ© “mixed” with good quotes", "une cité “mixed” with good quotes"),
        ("ÃƒÂ¤hnlich", "ähnlich"),  # twice
        ("Â© 2026", "© 2026"),
        ("ä¸\xadå›½", "中国"),
        ("РџСЂРёРІРµС‚, РјРёСЂ", "Привет, мир"),
        ("Ïðèâåò, êàê äåëà", "Привет, как дела"),  # windows-1251 as ISO 8859-1
        ("ÑØº£³ÇÊÐÊÔÐÐÒ¹¼ä¹«½»", "沿海城市试行夜间公交"),  # GBK as ISO 8859-1
        (shown("沿海城市试行线路", "gb18030"), "沿海城市试行线路"),
        ("good: é\nbad: Ã©", "good: é\nbad: é"),
        ("<p>Ã©tÃ©</p><p>déjà</p>", "<p>été</p><p>déjà</p>"),
    ],
)
def test_what_is_certain_is_put_right(broken, meant):
    assert mend(broken) == (meant, PUT_RIGHT)


@pytest.mark.parametrize(
    "broken",
    [
        "ÖÐ¹ú",  # four bytes of GBK might be anything
        "锟斤拷锟斤拷",
        "娌挎捣鍩庡競锛岃瘯琛�",
        "文字化け縺ョ繝��ケ繝",
        "a � b",
        "If youâ€ say so",
        "占쏙옙占쏙옙",
    ],
)
def test_what_is_lost_is_named_and_stays(broken):
    text, problem = mend(broken)
    assert text == broken
    assert "before it came here" in problem


def test_nothing_is_said_of_what_nobody_sees():
    text = "<p>good</p><script>// nÃ£o</script>"
    assert mend(text) == (text.replace("Ã£", "ã"), "")


@pytest.mark.parametrize(
    "good",
    [
        "",
        "café\xa0… «café»… “AMANHÃ” là\xa0»",
        "créée, ações, più, Noël, naïve",
        "¿Qué? ¡Sí! 25 °C, ½ × 2 ± 1",
        "ÄÖÜ äöü ß, ÀÉÈ",
        "联通 中国 涓涓细流 浜",
        "Сёстры Рильке, Ріка, РФ, СССР",
        "Þórður Örn Ægisson",
        "Why is Ã© shown where UTF-8 is declared?",
        "多字节字符的支持（俗称锟斤拷）",
        '<div class="\ufffd">text</div><script>// \ufffd</script>',
        *(path.read_text("utf-8") for path in SAMPLES),
        *(line for path in SAMPLES for line in path.read_text("utf-8").splitlines()),
    ],
)
def test_good_text_is_left_alone(good):
    assert mend(good) == (good, "")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_language_comes_back_from_windows_1252(path):
    text = path.read_text("utf-8")
    broken = shown(text, "cp1252")
    assert mend(broken) == ((text, "") if broken == text else (text, PUT_RIGHT))


FEED = """<rss version="2.0"><channel><title>Ã‰tÃ©</title><item><guid>1</guid>
<title>Il a dÃ©jÃ\xa0 dit</title></item><item><guid>2</guid><title>bien sûr</title></item>
</channel></rss>"""


def test_only_the_entry_that_was_broken_says_so():
    parsed = parse(Document(name="f", body=FEED.encode()))
    assert [article.title for article in parsed.articles] == ["Il a déjà dit", "bien sûr"]
    assert [article.problems for article in parsed.articles] == [(PUT_RIGHT,), ()]
    assert parsed.title == "Été"


def test_escapes_of_json_and_references_of_xml_hide_nothing():
    item = {"id": "1", "title": "Ã©tÃ©", "content_html": "<p>donâ€™t</p>"}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}).encode()
    (article,) = parse(Document(name="f", body=body)).articles
    assert (article.title, article.html) == ("été", "<p>don’t</p>")
    rss = b"<rss><channel><item><title>&#195;&#169;t&#195;&#169;</title></item></channel></rss>"
    (article,) = parse(Document(name="f", body=rss)).articles
    assert article.title == "été"


def test_a_post_is_put_right():
    body = "---\ntitle: MÃ¤rz\n---\n\nSchÃ¶n.\n".encode()
    (article,) = parse(Document(name="a.md", body=body, media_type="text/markdown")).articles
    assert (article.title, article.html) == ("März", "<p>Schön.</p>\n")
    assert article.problems == (PUT_RIGHT,)


@given(st.text(st.characters(exclude_characters="<")))
def test_any_text_is_borne_and_ascii_stays(text):
    mended, problem = mend(text)
    assert problem or mended == text
    kept = [one for one in mended if one.isascii()]
    assert kept == [one for one in text if one.isascii()] or problem


@pytest.mark.parametrize("piece", ["Ã", "<Ã©", "<script>é\ufffd", "锛", "Ð¹ú", "é>"])
def test_long_text_takes_no_long_time(piece):
    start = time.process_time()
    mend(piece * (400_000 // len(piece)))
    assert time.process_time() - start < 5  # some 0.5 s; the square of it would be hours
