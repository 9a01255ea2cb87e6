"""The language of an article as a BCP 47 tag: as declared, or as its text shows."""

import re
from functools import cache
from typing import Any

# RFC 5646: language, script, region, variants. Private use and extensions say nothing to a reader.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3})(?P<script>-[a-z]{4})?"
    r"(?P<region>-(?:[a-z]{2}|[0-9]{3}))?(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE | re.ASCII,
)
_NOT_KNOWN = frozenset({"und", "mis", "mul", "zxx"})
_LONGEST = 35  # RFC 5646, 4.4.1

# Enough for a few sentences; one foreign name does not decide. Four times that cost 0.4 ms.
_SAMPLE = 500
_SHARE = 0.3

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]+")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
# Letters of the scripts below, which other texts hardly have.
_TELLING = re.compile(
    "[\u0370-\u03ff\u0530-\u05ff\u0980-\u1fff\u3040-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# Scripts that (nearly) one living language is written in. Not Arabic, Cyrillic, Latin or
# Devanagari, which many share.
_SCRIPTS = (
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+")),
    ("th", re.compile("[\u0e00-\u0e7f]+")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]+")),
    ("he", re.compile("[\u0590-\u05ff]+")),
    ("ka", re.compile("[\u10a0-\u10ff]+")),
    ("hy", re.compile("[\u0530-\u058f]+")),
    ("km", re.compile("[\u1780-\u17ff]+")),
    ("lo", re.compile("[\u0e80-\u0eff]+")),
    ("my", re.compile("[\u1000-\u109f]+")),
    ("ta", re.compile("[\u0b80-\u0bff]+")),
    ("te", re.compile("[\u0c00-\u0c7f]+")),
    ("kn", re.compile("[\u0c80-\u0cff]+")),
    ("ml", re.compile("[\u0d00-\u0d7f]+")),
    ("gu", re.compile("[\u0a80-\u0aff]+")),
    ("pa", re.compile("[\u0a00-\u0a7f]+")),
    ("si", re.compile("[\u0d80-\u0dff]+")),
)
# Japanese has kana in every sentence; a Chinese text may quote a Japanese name.
_KANA_SHARE = 0.1

# Traditional Chinese is (nearly) all in Big5 and to a good part not in GB 2312; simplified is the
# other way round. Of the test sentences (docs/languages.md) none was taken for the other.
_IN_BIG5, _IN_GB2312, _FEWEST_HAN = 0.97, 0.9, 20

# From here on the library is right in 99 of 100 texts; below, names and loans decide.
_FEWEST_LETTERS = 40
_FEWEST_PERCENT = 80
# Two to four near languages each that the library takes for one another (a third of the Croatian,
# Malay and Zulu sentences); Serbian it takes for Macedonian but for two letters. No tag is better.
_CONFUSED = frozenset(("hr", "bs", "sr-ME", "id", "ms", "zu", "xh", "tn", "st", "ts", "nso", "un"))
_SERBIAN = re.compile("[ђћЂЋ]")
# Its names that BCP 47 has replaced, and Norwegian as the one language that both forms are.
_RENAMED = {"iw": "he", "in": "id", "jw": "jv", "mo": "ro", "nb": "no", "nn": "no"}
# The library refuses what is no text for interchange.
_ENDS_OF_PLANES = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_NO_TEXT = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_ENDS_OF_PLANES}]")

# What script a language is written in, of those with one living script. A text in another one is
# not in the language, whatever its feed's template says.
_WRITTEN_IN = {
    language: script
    for script, languages in {
        "Latin": "en de fr es it pt nl pl cs sk sv da no nb nn fi hu ro tr vi id ca et lv lt sl hr",
        "Cyrillic": "ru uk bg be mk",
        "Arabic": "ar fa ur ps",
        "Devanagari": "hi mr ne",
        "Han": "zh ja yue cmn wuu",
        "Hebrew": "he yi",
        **{language: language for language, _ in _SCRIPTS if language != "he"},
    }.items()
    for language in languages.split()
}


def normalise(tag: str | None) -> str | None:
    """A BCP 47 tag in its usual case ("zh_cn" is "zh-CN"), or None when it is none."""
    if not tag:
        return None
    tag = tag.strip().replace("_", "-").partition(".")[0]
    found = _TAG.fullmatch(tag) if len(tag) <= _LONGEST else None
    if not found or found["language"].lower() in _NOT_KNOWN:
        return None
    script, region, rest = (found[part] or "" for part in ("script", "region", "rest"))
    return found["language"].lower() + script.title() + region.upper() + rest.lower()


def of(declared: str | None, usual: str | None, text: str) -> tuple[str | None, str]:
    """Give the language of an article, and a note on how it was found, "" when it was declared.

    ``declared`` is what the article or its feed says, ``usual`` what the source's settings say of
    articles that say nothing. A declaration that the script of ``text`` contradicts (en-US over a
    Chinese text, as blog software ships) gives way to what is detected.
    """
    tag = normalise(declared)
    if tag is None and (set_by_hand := normalise(usual)):
        return set_by_hand, ""
    if tag and not _may_be_contradicted(tag, text[:_SAMPLE]):
        return tag, ""
    found = guess(text)
    if tag is None:
        return found, f"detected as {found}" if found else ""
    if found and _script(found) and _script(found) != _script(tag):
        return found, f"declared as {tag}, but not written in its script; detected as {found}"
    return tag, ""


def guess(text: str) -> str | None:
    """The language that ``text`` is surely written in, None where that is not sure.

    Scripts that pin it down decide (kana, hangul, Han without kana, …), and a library for the rest,
    from some 40 letters on. Traditional Chinese is "zh-Hant", other Chinese "zh".
    """
    return _by_script(text) or _by_words(text[:_SAMPLE])


def _script(tag: str) -> str | None:
    return _WRITTEN_IN.get(tag.partition("-")[0])


def _may_be_contradicted(tag: str, sample: str) -> bool:
    """Tell whether a tag implies a script, without naming one as ``ru-Latn`` does."""
    found = _TAG.fullmatch(tag)
    if not found or found["script"] or not (script := _script(tag)):
        return False
    # Nearly every text: it need not be looked at any closer.
    return script != "Latin" or 2 * len(sample.encode("ascii", "ignore")) < len(sample)


def _by_script(text: str) -> str | None:
    sample = text[:_SAMPLE]
    if sample.isascii():
        return None
    telling = "".join(_TELLING.findall(sample))
    if len(telling) < len(sample) * _SHARE / 2:
        return None
    han, kana = "".join(_HAN.findall(telling)), "".join(_KANA.findall(telling))
    letters = len(sample)  # at most; to count them takes longest here
    if len(han) + len(kana) <= letters * _SHARE:
        letters = sum(map(str.isalpha, sample))
    if len(han) + len(kana) > letters * _SHARE:
        return "ja" if len(kana) > len(han + kana) * _KANA_SHARE else _chinese(han)
    for language, script in _SCRIPTS:
        if len("".join(script.findall(telling))) > letters * _SHARE:
            return language
    return None


def _chinese(han: str) -> str:
    if len(han) < _FEWEST_HAN:
        return "zh"
    in_big5, in_gb2312 = (len(han.encode(one, "ignore")) / 2 for one in ("big5", "gb2312"))
    traditional = in_big5 >= len(han) * _IN_BIG5 and in_gb2312 <= len(han) * _IN_GB2312
    return "zh-Hant" if traditional else "zh"


def _by_words(sample: str) -> str | None:
    detect = _detector()
    if detect is None or not _has_letters(sample):
        return None
    line = sample.replace("\n", " ")
    told = line if line.isprintable() else _NO_TEXT.sub(" ", line)
    reliable, _, (first, *_) = detect(told, isPlainText=True)
    language = _RENAMED.get(first[1], first[1])
    if not reliable or first[2] < _FEWEST_PERCENT or language in _CONFUSED:
        return None
    return normalise(language) if language != "sr" or _SERBIAN.search(sample) else None


def _has_letters(sample: str) -> bool:
    """Whether there are enough letters; nearly always, the first few characters tell."""
    first = sample[: 2 * _FEWEST_LETTERS]
    return any(sum(map(str.isalpha, one)) >= _FEWEST_LETTERS for one in (first, sample))


@cache
def _detector() -> Any:
    """Load the library when the first text needs it: its tables take 12 MB.

    None where it is not installed: there is no wheel of it for every machine.
    """
    try:
        import pycld2  # type: ignore[import-untyped]  # noqa: PLC0415 - it ships no types
    except ImportError:
        return None
    return pycld2.detect
