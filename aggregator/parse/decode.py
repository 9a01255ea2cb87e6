"""From bytes to text: which character set a document is in."""

import codecs
import math
import re

from chardetng_py import EncodingDetector  # type: ignore[import-untyped]  # no py.typed in it

# In this order: the UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# The WHATWG Encoding Standard reads these labels as a larger set than they say, because so do all
# browsers and therefore all who write pages; the other labels mean the same to Python.
_SUPERSETS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "hz"), "gb18030"),
    **dict.fromkeys(("ascii", "iso8859-1", "cp1252"), "cp1252"),
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
# Labels of the standard that Python does not know.
_LABELS = {
    "x-gbk": "gbk",
    "gb_2312-80": "gb2312",
    "x-sjis": "shift_jis",
    "windows-31j": "shift_jis",
    "windows-949": "euc_kr",
    "ks_c_5601-1987": "euc_kr",
    "x-euc-jp": "euc_jp",
    "big5-hkscs": "big5",
    "x-x-big5": "big5",
    "cn-big5": "big5",
    "dos-874": "cp874",
    "windows-874": "cp874",
    "unicode-1-1-utf-8": "utf-8",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-cyrillic": "mac_cyrillic",
    "unicode": "utf-16-le",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
}

# A declaration has to stand in the first 1024 bytes (HTML standard, "prescan a byte stream").
_HEAD = 1024
_DECLARATION = re.compile(
    rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})"""
    rb"""|<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)

# All text sets of the WHATWG standard that Python has, by its names. Its other codecs (idna, rot13,
# unicode_escape, utf-7) are no character sets, and some of them are slow on purpose-made input.
_KNOWN = frozenset(
    [
        *("utf-8", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5hkscs", "euc_jp", "cp932"),
        *("iso2022_jp", "cp949", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
        *(f"cp{number}" for number in range(1250, 1259)),
        *(f"iso8859-{number}" for number in range(2, 17)),
    ]
)
_MULTIBYTE = frozenset(("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"))
_LATIN = frozenset(
    [
        *("cp1250", "cp1252", "cp1254", "cp1257", "cp1258"),
        *(f"iso8859-{number}" for number in (2, 3, 4, 9, 10, 13, 14, 15, 16)),
    ]
)
# Sets that share nearly all bytes: the detector tells them apart by a quotation mark.
_KIN = (
    _LATIN,
    frozenset(("cp1253", "iso8859-7")),
    frozenset(("cp1255", "iso8859-8")),
    frozenset(("cp1256", "iso8859-6")),
)
# Rightly declared texts in these may look like another set to the detector, which never names them.
_UNDETECTABLE = frozenset(("iso2022_jp", "mac-roman", "mac-cyrillic", "utf-16-le", "utf-16-be"))
_HIDDEN_JAPANESE = re.compile(rb"\x1b\$[@B]")  # ISO-2022-JP is ASCII to all who do not know it

# What it takes to set a declaration aside, in bytes beyond ASCII. With less the detector takes
# short Russian and Greek for Hebrew, some Portuguese for Polish. Of 105,000 rightly declared texts
# of one to eight sentences in 38 languages none was set aside with these limits.
_ENOUGH_FOR_SCRIPT = 8  # of another script than the Latin one that servers declare by default
_ENOUGH_FOR_LATIN = 32  # of another Latin set than windows-1252, which is that default
_ENOUGH = 64
_ENOUGH_IDEOGRAPHS = 10
# A right declaration shows its script: Russian in GBK or English with Chinese quotation marks has
# next to no ideographs, what is misread as multibyte is full of them (or of half-width kana).
_IDEOGRAPHS = "[\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f]"
_IDEOGRAPH = re.compile(_IDEOGRAPHS)
# One that is quoted stands apart; "pr枚var" is Swedish.
_MISREAD = re.compile(f"{_IDEOGRAPHS}{{3}}|[a-z]{_IDEOGRAPHS}|{_IDEOGRAPHS}[a-z]")

# Enough to tell the sets apart; some ASCII before it, since letters are judged by their neighbours.
_SAMPLE = 16_384
_BEFORE = 32
_ASCII = bytes(range(0x80))
_LOST_BEFORE = "\ufffd".encode()
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

# A text in UTF-8 or GBK that is cut off or has one bad byte is still that. Wrong guesses are far
# from it: GBK read as UTF-8 is more than half replacement characters.
_TOLERATED = 0.05
# So many characters beyond ASCII that all happen to be valid UTF-8 are UTF-8, whatever was
# declared. Fewer may be chance: 联通 in GBK is valid UTF-8.
_BEYOND_CHANCE = 6

# Accents within words, and curly quotation marks; a lone Chinese character stands apart.
_UTF8_IN_WORDS = re.compile(
    rb"[a-z][\xc2-\xdf][\x80-\xbf]|[\xc2-\xdf][\x80-\xbf][a-z]|\xe2\x80[\x90-\xbf]"
)

# What git looks at as well to tell text from the rest.
_BINARY_SAMPLE = 8_000
_TEXT_BYTES = bytes({*range(0x20, 0x100), *b"\a\b\t\n\v\f\r\x1b"} - {0x7F})
# Compressed and machine code has 10 % of them; a feed with a stray control character far less.
_CONTROLS_IN_TEXT = 0.02


def decode(body: bytes, declared: str | None = None) -> tuple[str, str]:
    """Give the text of ``body``, and a sentence on what was wrong with its character set, or "".

    ``declared`` is what stood outside, as in an HTTP header. A byte order mark comes first, then
    ``declared``, then the document's own declaration, UTF-8, and detection; a declaration that the
    bytes contradict is set aside. Labels are read as the WHATWG Encoding Standard does, where
    gb2312 means GB 18030 and iso-8859-1 windows-1252.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _readable(body[len(mark) :], encoding), ""
    if unmarked := _unmarked_utf16(body):
        return _readable(body, unmarked), ""
    if body.startswith(codecs.BOM_UTF8):  # some programs put it before whatever they have
        body, declared = body[len(codecs.BOM_UTF8) :], "utf-8"
    labels = [label for label in (declared, _own_declaration(body)) if label]
    encodings = [found for label in labels if (found := _encoding(label))]
    text, encoding = _as_declared(body, encodings) or _detected(body)
    doubts = ""
    if labels and encoding != "utf-8":
        text, encoding, doubts = _corrected(body, (text, encoding), encodings)
    lost = ""
    if text.count("\ufffd") > body.count(_LOST_BEFORE):
        lost = f"Some characters could not be read as {encoding}."
    said = filter(None, (_complaint(text, encoding, labels), doubts, lost))
    return text.replace("\0", ""), " ".join(said)


def looks_binary(body: bytes) -> bool:
    """Tell whether these bytes are no text in any character set: an image, an archive, a PDF."""
    if body.startswith(b"%PDF-"):
        return True
    if body.startswith((codecs.BOM_UTF8, *(mark for mark, _ in _MARKS))) or _unmarked_utf16(body):
        return False
    sample = body[:_BINARY_SAMPLE]
    return len(sample.translate(None, _TEXT_BYTES)) > _CONTROLS_IN_TEXT * len(sample)


def _as_declared(body: bytes, encodings: list[str]) -> tuple[str, str] | None:
    if hidden := _hidden_japanese(body):
        return hidden
    utf8 = _attempt(body, "utf-8")
    if utf8 is not None and _surely_utf8(body, utf8, encodings):
        return utf8, "utf-8"
    for encoding in encodings:
        if (text := _attempt(body, encoding)) is not None:
            return text, encoding
    return _tolerantly(body, encodings) if utf8 is None else (utf8, "utf-8")


def _surely_utf8(body: bytes, utf8: str, encodings: list[str]) -> bool:
    """Tell whether bytes that are valid UTF-8 were meant so, whatever was declared."""
    if not encodings or _beyond_ascii(utf8) >= _BEYOND_CHANCE:
        return True
    if encodings[0] in _MULTIBYTE or encodings[0] == "cp874":
        return _UTF8_IN_WORDS.search(body) is not None
    return not utf8.isascii()  # "Ã©" is nothing that anybody writes


def _hidden_japanese(body: bytes) -> tuple[str, str] | None:
    hidden = body.isascii() and _HIDDEN_JAPANESE.search(body)
    text = _attempt(body, "iso2022_jp") if hidden else None
    return None if text is None else (text, "iso2022_jp")


def _tolerantly(body: bytes, encodings: list[str]) -> tuple[str, str] | None:
    for encoding in [*encodings, "utf-8"]:
        text = body.decode(encoding, "replace")
        if text.count("\ufffd") <= _TOLERATED * _beyond_ascii(text):
            return text, encoding
    return None


def _detected(body: bytes) -> tuple[str, str]:
    detector = EncodingDetector()
    detector.feed(_sample(body), last=len(body) <= _SAMPLE)
    encoding = _encoding(detector.guess(tld=None, allow_utf8=False)) or "cp1252"
    return body.decode(encoding, "replace"), encoding


def _sample(body: bytes) -> bytes:
    first = _BEYOND_ASCII.search(body)
    start = max(0, first.start() - _BEFORE) if first else 0
    return body[start : start + _SAMPLE]


def _corrected(body: bytes, reading: tuple[str, str], encodings: list[str]) -> tuple[str, str, str]:
    """Give the detector's reading where it is certain that ``reading`` is the wrong one.

    Where the detector doubts it, but not enough, a sentence says so.
    """
    text, encoding = reading
    other, guess = _detected(body)
    if guess == encoding or other == text or "\ufffd" in other:
        return text, encoding, ""
    ideographs = _ideographs(text) if encoding in _MULTIBYTE else math.inf
    evidence = len(_sample(body).translate(None, _ASCII))
    # Two that agree, a declaration and the detector, outvote one.
    enough = guess in encodings or evidence >= _evidence_needed(encoding, guess)
    if enough and ideographs >= _ENOUGH_IDEOGRAPHS:
        return other, guess, ""
    quoted = encoding in _MULTIBYTE and not _MISREAD.search(text)
    if quoted or _are_kin(encoding, guess) or encoding in _UNDETECTABLE:
        return text, encoding, ""
    return text, encoding, f"Read as {encoding}, as declared, but it looks like {guess}."


def _are_kin(one: str, other: str) -> bool:
    return any(one in kin and other in kin for kin in _KIN)


def _ideographs(text: str) -> int:
    return sum(1 for _ in _IDEOGRAPH.finditer(text, 0, _SAMPLE))


def _evidence_needed(declared: str, guess: str) -> float:
    if declared in _UNDETECTABLE or guess in _UNDETECTABLE:
        return math.inf
    if _are_kin(declared, guess):
        return _ENOUGH_FOR_LATIN if declared == "cp1252" else math.inf
    if declared in _MULTIBYTE:
        return 2 * _ENOUGH_IDEOGRAPHS if guess in _MULTIBYTE else 2 * _ENOUGH
    return _ENOUGH_FOR_SCRIPT if declared in _LATIN else _ENOUGH


def _complaint(text: str, encoding: str, labels: list[str]) -> str:
    if labels and encoding not in (_encoding(labels[0]), "utf-8" if text.isascii() else None):
        return f"Declared as {labels[0][:40]}, which it is not; read as {encoding}."
    if not labels and encoding != "utf-8":
        return f"No character set declared, and not in UTF-8; read as {encoding}."
    return ""


def _attempt(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeError:
        return None


def _beyond_ascii(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


def _encoding(label: str) -> str | None:
    """Give Python's name for a label, None for one that nobody knows or that is no text."""
    label = label.strip().strip("\"'").lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if name in _KNOWN else None


def _own_declaration(body: bytes) -> str | None:
    """Give the label that an XML or HTML document declares; it has been read, so it is ASCII."""
    match = _DECLARATION.search(body, 0, _HEAD)
    if not match:
        return None
    label = (match[1] or match[2]).decode("ascii", "replace")
    return "utf-8" if label.lower().startswith(("utf-16", "utf-32", "ucs-")) else label


def _unmarked_utf16(body: bytes) -> str | None:
    """Recognise UTF-16 without its mark by the zero in every other byte of its ASCII."""
    head = body[:64]
    evens, odds = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 4 or min(evens, odds) > 0:  # noqa: PLR2004 - two characters
        return None
    if max(evens, odds) * 4 < len(head):
        return None
    return "utf-16-le" if odds else "utf-16-be"


def _readable(body: bytes, encoding: str) -> str:
    return body.decode(encoding, "replace").replace("\0", "")
