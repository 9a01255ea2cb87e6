"""The fast way to NFKC gives what Unicode's own way gives."""

from unicodedata import normalize

from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.nfkc import nfkc

# Characters that it treats by itself, those that would compose with what follows, and such marks.
NEIGHBOURS = "\u3000\u00a0，：；！？（）％～…＝＜＞ ;=e\u0338\u0301\u3099\u1100\u1161ﾊﾟﬁ²"


@given(st.text() | st.text(NEIGHBOURS))
@example("（样例）：“好”，真的吗？\u3000“是…”")
def test_it_is_nfkc(text: str) -> None:
    assert nfkc(text) == normalize("NFKC", text)
