"""Bytes in every character set that feeds and files still come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.decode import decode, looks_binary

CHINESE = "今天下午，省委书记到指挥部部署工作，强调要坚决遏制疫情扩散蔓延势头。"
TAIWANESE = "台北市長昨天表示，市政府將會繼續努力推動各項建設工程。"
JAPANESE = "今日は日本語のテストです。新聞記事を読みます。カタカナも。"
KOREAN = "서울시는 어제 발표했다. 신문 기사를 읽습니다. 오늘은 시험입니다."
RUSSIAN = "Сегодня мы читаем новости о событиях в Москве."
FRENCH = "Déjà vu – café à l’été, naïve façade. Où êtes-vous ?"


@pytest.mark.parametrize(
    ("text", "encoding", "label"),
    [
        (CHINESE, "gb18030", "gb2312"),
        (CHINESE, "gbk", "X-GBK"),
        (TAIWANESE, "big5", "Big5"),
        (JAPANESE, "cp932", "shift_jis"),
        (JAPANESE, "euc_jp", "x-euc-jp"),
        (KOREAN, "cp949", "ks_c_5601-1987"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        (FRENCH, "cp1252", "iso-8859-1"),
        (FRENCH, "cp1252", "us-ascii"),
        (CHINESE, "utf-8", ' "UTF-8" '),
    ],
)
def test_a_declared_set_is_used_as_browsers_read_its_label(text, encoding, label):
    assert decode(text.encode(encoding), label) == (text, "")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(CHINESE, "gb18030"), (TAIWANESE, "big5"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp")],
        *[(KOREAN, "cp949"), (RUSSIAN, "cp1251"), (FRENCH, "cp1252")],
    ],
)
def test_an_undeclared_set_is_detected_and_said(text, encoding):
    found, problem = decode((text * 3).encode(encoding))
    assert found == text * 3
    assert problem.startswith("No character set declared")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_beats_what_was_declared(encoding):
    assert decode(CHINESE.encode(encoding), "iso-8859-1") == (CHINESE, "")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(encoding):
    assert decode("<p>plain words</p>".encode(encoding)) == ("<p>plain words</p>", "")


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0" encoding="windows-1251"?>',
        "<html><head><meta charset=windows-1251>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
    ],
)
def test_the_documents_own_declaration(head):
    assert decode((head + RUSSIAN).encode("cp1251")) == (head + RUSSIAN, "")


@pytest.mark.parametrize("label", ["iso-8859-1", "gb2312", "big5", "klingon", "rot13", "idna"])
def test_utf8_under_a_wrong_label_is_utf8(label):
    text, problem = decode(CHINESE.encode(), label)
    assert text == CHINESE
    assert problem == f"Declared as {label}, which it is not; read as utf-8."


@pytest.mark.parametrize(
    ("text", "encoding", "label"),
    [
        (CHINESE, "gbk", "iso-8859-1"),  # what servers declare by default
        (CHINESE, "gbk", "utf-8"),
        (TAIWANESE, "big5", "gb2312"),
        (JAPANESE, "euc_jp", "shift_jis"),
        (KOREAN, "cp949", "iso-8859-1"),
        (RUSSIAN, "koi8_r", "iso-8859-1"),
        (RUSSIAN * 2, "koi8_r", "windows-1251"),
        (FRENCH, "utf-8", "windows-1251"),
        ("Kuststad prövar", "utf-8", "gb2312"),
        (JAPANESE, "iso2022_jp", "utf-8"),
    ],
)
def test_a_declaration_that_the_bytes_contradict_is_set_aside(text, encoding, label):
    found, problem = decode(text.encode(encoding), label)
    assert found == text
    assert problem.startswith(f"Declared as {label}, which it is not; read as ")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("“Quoted” — and that’s it…", "gbk"),  # next to no ideograph
        (RUSSIAN, "gb18030"),
        ("The enzyme 酶 is meant", "gbk"),
        ("Zürich", "iso-8859-1"),
        (RUSSIAN, "windows-1251"),
    ],
)
def test_a_right_declaration_stands_where_the_detector_would_err(text, encoding):
    text = text.encode(encoding, "ignore").decode(encoding)
    assert decode(text.encode(encoding), encoding) == (text, "")


def test_a_doubt_is_said_where_too_little_tells():
    text, problem = decode("Пример".encode("cp1251"), "windows-1253")
    assert text == "Пример".encode("cp1251").decode("cp1253")
    assert problem.startswith("Read as cp1253, as declared, but it looks like ")


def test_a_mark_of_utf8_before_something_else():
    text, problem = decode(b"\xef\xbb\xbf" + CHINESE.encode("gbk"))
    assert text == CHINESE
    assert problem == "Declared as utf-8, which it is not; read as gb18030."


def test_characters_that_were_lost_before_are_not_blamed_on_reading():
    assert decode("a \ufffd b".encode()) == ("a \ufffd b", "")


def test_a_character_cut_in_two_costs_no_more_than_itself():
    text, problem = decode(CHINESE.encode()[:-1])
    assert text == CHINESE[:-1] + "\ufffd"
    assert problem == "Some characters could not be read as utf-8."


def test_xml_that_claims_utf16_in_ascii_is_utf8():
    document = '<?xml version="1.0" encoding="UTF-16"?><t>é</t>'
    assert decode(document.encode()) == (document, "")


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9, b"PK\3\4\0\0\0\0", b"%PDF-1.7\n", b"\0" * 10]
)
def test_binary_data_is_recognised(body):
    assert looks_binary(body)


@pytest.mark.parametrize(
    "body",
    [b"", CHINESE.encode("gbk"), CHINESE.encode("utf-16"), b"<p>" * 200 + b"\0", b"\x1b[0m text"],
)
def test_text_is_not_taken_for_binary(body):
    assert not looks_binary(body)


@given(st.binary(), st.none() | st.sampled_from(["utf-8", "gbk", "utf-16", "hz", "nonsense\0"]))
def test_any_bytes_become_text_that_can_be_written_again(body, label):
    text, _ = decode(body, label)
    assert "\0" not in text
    text.encode()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_utf8_is_never_changed(text):
    assert decode(text.encode(), "utf-8") == (text.removeprefix("\ufeff"), "")
