"""The tokens of texts in every script, and what people search for."""

import sqlite3
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.search import Query, query, tokens

TOKENS = {
    "Café GPT-4, the U.S.": "cafe gpt 4 the u s",
    "中央银行，行": "中央 央银 银行 行 行",
    "ＧＰＵ卡": "gpu 卡",
    "日本のニュース": "日本 本の のニ ニュ ュー ース ス",
    "은행은 간다": "은행 행은 은 간다 다",
    "ธนาคาร": "ธน นา าค คา าร ร",
    "Straße Ελλάδα": "strasse ελλαδα",
    "Йод и йога": "йод и йога",
    "שָׁלוֹם مُحَمَّد": "שלום محمد",
    "हिन्दी में": "हिन्दी में",
    "… — 🎉 !": "",
}


@pytest.mark.parametrize(("text", "expected"), TOKENS.items())
def test_tokens(text: str, expected: str) -> None:
    assert tokens(text) == expected


QUERIES = {
    "央行 Rates": Query('("央行") AND ("rates")'),
    '"rate cut" -football': Query('("rate cut")', '"football"'),
    "“rate cut”": Query('("rate cut")'),
    "a b OR c OR d e": Query('("a") AND ("b" OR "c" OR "d") AND ("e")'),
    "or": Query('("or")'),
    "GPT-4": Query('("gpt 4")'),
    "中央银行": Query('("中央 央银 银行")'),
    "行": Query('("行" *)'),
    "iPhone手机": Query('("iphone 手机")'),
    "手机iPhone": Query('("手机 机 iphone")'),
    "-体育 -sport": Query("", '"体育" OR "sport"'),
}


@pytest.mark.parametrize(("text", "expected"), QUERIES.items())
def test_queries(text: str, expected: Query) -> None:
    assert query(text) == expected


WRONG = {
    "": "searches for nothing",
    '"rate': "quotation mark",
    "OR a": "OR without a term",
    "a OR": "ends with an OR",
    "a OR OR b": "OR without a term",
    "a OR -b": "not to be there",
    "(a b)": "all it knows",
    "bank*": "all it knows",
    "a - b": "no letter or digit",
    "a" * 1001: "longer than",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_a_wrong_query_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        query(text)


def found(text: str, sought: str) -> bool:
    """Whether an index finds a text."""
    asked = query(sought)
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE t USING fts5(x, content='', tokenize='ascii')")
        database.execute("INSERT INTO t (rowid, x) VALUES (1, ?)", [tokens(text)])
        matched = "SELECT count(*) FROM t WHERE t MATCH ?"
        wanted = not asked.wanted or database.execute(matched, [asked.wanted]).fetchone()[0]
        return bool(wanted) and not (
            asked.unwanted and database.execute(matched, [asked.unwanted]).fetchone()[0]
        )


MIXED = st.text("ab é中央银行ーสวัสดีกขก่은행-. '\"*^:{}()", max_size=20)


@given(MIXED, MIXED, MIXED)
def test_what_is_in_a_text_is_found_there(before: str, middle: str, after: str) -> None:
    """Any phrase is found between others, and the index never minds how it is spelt."""
    phrase = middle.replace('"', " ")
    if tokens(phrase):
        assert found(f"{before} {phrase} {after}", f'"{phrase}"')


@given(
    st.text("中央银行利率新浪", min_size=1, max_size=6), st.text("中央银行利率新浪", max_size=12)
)
def test_in_dense_scripts_every_part_of_a_run_is_found_and_nothing_else(
    sought: str, text: str
) -> None:
    assert found(text, sought) == (sought in text)


@given(st.text())
def test_any_text_has_tokens_and_is_a_query_or_a_problem(text: str) -> None:
    tokens(text)
    with suppress(ValueError):
        found("", text)
