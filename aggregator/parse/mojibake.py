"""Text that was broken before it came here: read once in the wrong character set, and written so.

What is certain is put right: the characters, taken back to the bytes that they were read from, are
flawless in the set that was meant. The rest is named, so that nobody publishes it unknowingly.
"""

import functools
import re
from collections.abc import Callable

from chardetng_py import EncodingDetector  # type: ignore[import-untyped]  # no py.typed in it

# How windows-1252 shows the bytes 80 to BF, which follow the first one of a character in UTF-8;
# where it has nothing to show, programs keep the control character of ISO 8859-1.
_FOLLOWING = "\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™"
# The same of windows-1251, without what stands in ordinary Russian and Ukrainian words.
_FOLLOWING_1251 = "ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐґЅѕ°±µ¶·№¤¦§©¬®\xad\xa0‚„…†‡€‰‹‘’“”•–—™›"
# What the first bytes of Chinese punctuation, of 的 and of kana become in GBK and Shift_JIS. None
# of them is in use, apart from a name now and then.
_TELLTALES = "锛銆鐨鈥锟縺繧繝"

# One pass that clears nearly every good text (8 kB of English: 32 µs, of Chinese: 15 µs).
_SUSPECT = re.compile(
    rf"[À-ÿРСв占{_TELLTALES}\ufffd]"
    rf"(?:(?<=[{_TELLTALES}\ufffd])|[À-ÿ{_FOLLOWING}{_FOLLOWING_1251}Ђ쏙])"
)
# Nobody writes these, whatever stands around them: "’", "é" and a no-break space, as they look in
# windows-1252. Other pairs may be real, as in "«AMANHû" or "café»…".
_CERTAIN = re.compile(
    rf"â€[{_FOLLOWING}]|Ã[\xa1-\xba\xbc-\xbf]|(?<=[a-z\s])Ã\xa0|Â[\xa0-\xba\xbc-\xbf]"
)
# What is left of broken text that cannot be put right.
_BROKEN = re.compile(
    rf"â€|Ã[\xa1-\xba\xbc-\xbf]|(?:[À-ÿ][\xa1-\xbf]){{2}}|[À-ÿ]{{2}}[\xa1-\xbf][À-ÿ]"
    rf"|вЂ|(?:[РС][{_FOLLOWING_1251}]){{2}}|占쏙|锟斤|[{_TELLTALES}].{{0,9}}[{_TELLTALES}]"
)
# An article about broken text is full of examples.
_ABOUT = re.compile(
    r"\b(?:mojibake|unicode|utf-?8|latin-?1|charset|character set|encod(?:ing|ed))\b"
    "|乱码|亂碼|编码|編碼|字符|字元|文字化け",
    re.IGNORECASE,
)
_EXAMPLES = 3
# What is no text: a script's comment may be broken for all that readers see of it.
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_BOUNDARY = re.compile("([\n<>])")
# Nothing is known to have been read wrongly more often.
_ROUNDS = 3

_HAN_KANA_HANGUL = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uff65]")
# One alone may be chance: "é", a no-break space and "…" after "caf" are also 項.
_NEIGHBOURS = re.compile("[\u0250-\uffff]{2}")
_NEVER_MEANT = re.compile("[\x80-\x9f\ue000-\uf8ff\ufffd-\uffff]")
_RUN = re.compile("[^\x00-\x7f]+")
# Sets in which UTF-8 is shown without a loss more often than never.
_SHOWN_AS_CJK = ("gb18030", "cp932")
_SHOWN_AS_LETTERS = ("cp1251", "cp1250")
# Of real Chinese every fifth character is valid UTF-8 by chance, of one alphabet's letters.
_FEWEST_CJK, _FEWEST_OTHER, _FEWEST_LETTERS = 2, 6, 2
_MOSTLY = 0.6
# Bytes of another script that the detector recognises reliably; fewer are only named.
_ENOUGH_BYTES = 8
_DETECTED = {"GBK": "gb18030", "Big5": "big5hkscs", "EUC-KR": "cp949", "Shift_JIS": "cp932"}
_LATIN_LABELS = ("windows-1252", "windows-1250", "windows-1254", "windows-1257", "windows-1258")


def mend(text: str) -> tuple[str, str]:
    """Give ``text`` without what reading it in a wrong character set did, and a sentence on it.

    The sentence is "" for text that shows no such damage, which comes back as it is. Only what
    leads back to flawless text is changed. Markup may stand in it: line ends, ``<`` and ``>`` part
    what is judged on its own.
    """
    if text.isascii() or not (_SUSPECT.search(text) or _first_run_is_utf8(text)):
        return text, ""
    mended = text
    if not _ABOUT.search(text):
        for _ in range(_ROUNDS):
            before, mended = mended, "".join(map(_piece, _BOUNDARY.split(mended)))
            if before == mended:
                break
    return mended, _sentence(text, mended)


def _first_run_is_utf8(text: str) -> bool:
    run = _RUN.search(text)
    if run is None:
        return False
    # Nothing beyond "™" is in the sets of letters.
    shown_as = _SHOWN_AS_CJK if run[0][0] > "™" else (*_SHOWN_AS_CJK, *_SHOWN_AS_LETTERS)
    return any(_as_utf8(run[0], encoding) for encoding in shown_as)


def _sentence(text: str, mended: str) -> str:
    said = []
    seen = _UNSEEN.sub(" ", mended)
    if seen != _UNSEEN.sub(" ", text):
        said.append("Text that had been read in a wrong character set was put right.")
    rest = [found[0] for found in _BROKEN.finditer(seen)]
    if len(rest) > (_EXAMPLES if _ABOUT.search(text) else 0):
        said.append(f"Some of it was broken before it came here (“{rest[0]}”) and stays so.")
    elif "\ufffd" in seen:
        said.append("Some characters had been lost before it came here.")
    return " ".join(said)


def _piece(piece: str) -> str:
    if piece.isascii():
        return piece
    whole = (
        _utf8_shown_as_latin(piece)
        or _utf8_shown_as_letters(piece)
        or _utf8_shown_as_cjk(piece)
        or _legacy_shown_as_latin(piece)
    )
    return whole or _CERTAIN.sub(_character, piece)


def _character(found: re.Match[str]) -> str:
    return _read_again(found[0], _windows_1252, "utf-8") or found[0]


def _utf8_shown_as_latin(piece: str) -> str:
    meant = _read_again(piece, _windows_1252, "utf-8")
    return meant if _CERTAIN.search(piece) or _NEIGHBOURS.search(meant) else ""


def _utf8_shown_as_letters(piece: str) -> str:
    readings = (_as_utf8(piece, encoding) for encoding in _SHOWN_AS_LETTERS)
    return next((one for one in readings if _beyond_ascii(one) >= _FEWEST_LETTERS), "")


def _utf8_shown_as_cjk(piece: str) -> str:
    readings = (_as_utf8(piece, encoding) for encoding in _SHOWN_AS_CJK)
    return next((one for one in readings if one and _is_one_script(one)), "")


def _is_one_script(text: str) -> bool:
    beyond = "".join(_RUN.findall(text))
    cjk = len(_HAN_KANA_HANGUL.findall(beyond))
    if cjk >= max(_FEWEST_CJK, len(beyond) * _MOSTLY):
        return True
    blocks = {ord(letter) >> 8 for letter in beyond if letter.isalpha()}
    return len(beyond) >= _FEWEST_OTHER and len(blocks) == 1 and blocks.isdisjoint((0, 1, 2))


def _as_utf8(piece: str, shown_as: str) -> str:
    return _read_again(piece, functools.partial(str.encode, encoding=shown_as), "utf-8")


def _legacy_shown_as_latin(piece: str) -> str:
    """Read GBK, windows-1251 and the like that were taken for windows-1252 ("ÖÐ¹ú")."""
    try:
        body = _windows_1252(piece)
    except UnicodeError:
        return ""
    high = _beyond_ascii(piece)
    letters = sum(map(str.isalpha, piece)) - high
    if high < _ENOUGH_BYTES or letters > high:
        return ""
    detector = EncodingDetector()
    detector.feed(body, last=True)
    label = detector.guess(tld=None, allow_utf8=False)
    if label in _LATIN_LABELS or label.startswith("ISO-8859"):
        return ""
    return _read_again(piece, _windows_1252, _DETECTED.get(label, label))


def _read_again(piece: str, written: Callable[[str], bytes], meant: str) -> str:
    """Give what the bytes of ``piece`` say in the set that was meant, "" if they are not in it."""
    try:
        text = written(piece).decode(meant)
    except (UnicodeError, LookupError):
        return ""
    return "" if text == piece or _NEVER_MEANT.search(text) else text


def _windows_1252(text: str) -> bytes:
    """Encode as windows-1252 or ISO 8859-1, whichever shows each character."""
    return b"".join(
        bytes((ord(character),)) if "\x80" <= character <= "\x9f" else character.encode("cp1252")
        for character in text
    )


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
