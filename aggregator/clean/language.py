"""The language of an article as a BCP 47 tag."""

import re

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

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Letters from Greek on: what Latin and Cyrillic texts hardly have.
_TELLING = re.compile(
    "[\u0370-\u03ff\u0530-\u1fff\u3040-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_LETTER = re.compile(r"[^\W\d_]")
# Scripts that (nearly) one living language is written in. Not Arabic, Cyrillic, Latin or
# Devanagari, which many share.
_SCRIPTS = (
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("si", re.compile("[\u0d80-\u0dff]")),
)
# Japanese has kana in every sentence; a Chinese text may quote a Japanese name.
_KANA_SHARE = 0.1


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


def guess(text: str) -> str | None:
    """The language, only where the script pins it down: kana, hangul, Han without kana, …."""
    sample = text[:_SAMPLE]
    telling = "".join(_TELLING.findall(sample))
    if len(telling) < len(sample) * _SHARE / 2:
        return None
    letters, sample = len(_LETTER.findall(sample)), telling
    han, kana = len(_HAN.findall(sample)), len(_KANA.findall(sample))
    if han + kana > letters * _SHARE:
        return "ja" if kana > (han + kana) * _KANA_SHARE else "zh"
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) > letters * _SHARE:
            return language
    return None
