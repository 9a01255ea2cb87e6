"""The fast way to NFKC gives what Unicode's own way gives; so does the one to single spaces."""

import sys
from unicodedata import normalize

from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.nfkc import nfkc, single_spaced

# Characters that it treats by itself, those that would compose with what follows, and such marks.
NEIGHBOURS = "\u3000\u00a0，：；！？（）％～…＝＜＞ ;=e\u0338\u0301\u3099\u1100\u1161ﾊﾟﬁ²"


@given(st.text() | st.text(NEIGHBOURS))
@example("（样例）：“好”，真的吗？\u3000“是…”")
def test_it_is_nfkc(text: str) -> None:
    assert nfkc(text) == normalize("NFKC", text)


SPACES = "".join(filter(str.isspace, map(chr, range(sys.maxunicode + 1))))


@given(st.text() | st.text("ab中" + SPACES))
@example("  one line,  with\u2028what ends\x1fand parts it ")
def test_all_white_space_is_single_spaces(text: str) -> None:
    assert single_spaced(text) == " ".join(text.split())
