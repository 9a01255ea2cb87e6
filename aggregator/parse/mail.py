"""Mail (RFC 5322, MIME): one message, one article.

``mail_header`` decodes header fields, ``mail_plain`` and ``mail_html`` bring bodies into tidy HTML.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from email import message_from_string
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from html import escape

from aggregator.article import Article, Document, Step
from aggregator.errors import ParseError
from aggregator.parse.dates import read_date
from aggregator.parse.decode import decode
from aggregator.parse.feed_text import distinct, one_line, person, web_address
from aggregator.parse.mail_header import header, phrases, raw_header
from aggregator.parse.mail_html import Frame, tidy
from aggregator.parse.mail_plain import from_mail_text
from aggregator.parse.mojibake import mend
from aggregator.parse.page import page_body
from aggregator.parse.parsed import Parsed

# Parts that are looked at, and levels of them: a hundred times what programs write. Python's reader
# has no limit of its own and recurses.
_MOST_PARTS, _DEEPEST = 1_000, 20
_MOST_BOUNDARIES = 200
# It compares each line with each boundary that is open: so many take about ten seconds.
_MOST_LOOKS = 10_000_000
# Parameters of a field, and characters of one: Python takes the square of the former.
_MOST_PARAMETERS, _LONGEST_FIELD = 50, 20_000
# Characters of text; the rest of longer messages is left out. Mail programs cut at 0.1 to 1 MB.
_LONGEST_TEXT = 5_000_000

# Pictures that a feed can carry inside of itself: of each, and of a message, so many bytes. A feed
# holds 50 articles, and base64 adds a third.
_LARGEST_PICTURE, _LARGEST_PICTURES = 32_000, 128_000
# What all browsers show and cannot carry a script, by its first bytes.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)

_MBOX_FROM = re.compile(rb"\s*>?From [^\n]*\n")
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
# Encrypted, or signed so that a program has to take it apart (S/MIME, RFC 8551).
_SEALED_TYPES = frozenset(
    ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
)
_BOUNDARY_LINE = re.compile(r"^--([\w'()+,./:=?-]{1,70})\r?$", re.MULTILINE)
_SEALED = re.compile(r"\s*-----BEGIN PGP MESSAGE-----")
# What Mailchimp names its lists ("0a1b2c3dmc list"): nothing to read.
_MADE_UP = re.compile(r"[0-9a-f]{6,}mc list|[\d._-]+", re.IGNORECASE)
_LIST_NAME = re.compile(r"[a-z][\w-]{1,40}", re.IGNORECASE)
_BRACKETED = re.compile(r"<(https?:[^<>\s]+)>")


@dataclass(slots=True)
class _Reading:
    """What of a message was read so far, and the addresses that end the subscription."""

    leaving: frozenset[str]
    pieces: list[str] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    parts: int = 0


def parse_mail(document: Document, zone: tzinfo = UTC) -> Parsed:
    """Read a message as an article; its ``uid`` is the document's name.

    Its text is the HTML part, or else the plain one (RFC 2046, 5.1.4; RFC 3676), with forwarded
    messages as quotations and small pictures as ``data:`` addresses; attachments stay behind. Dates
    without a zone are in ``zone``. Raises ParseError for what is no mail, is encrypted, or has
    neither a subject nor a text.
    """
    message = _message(document)
    reading = _Reading(leaving=_leaving(message))
    _read(message, reading, 0, document.name)
    subject = header(message, "subject")
    html = "\n".join(filter(None, reading.pieces))
    if not html and not subject:
        raise ParseError(f"{document.name}: the mail has neither a subject nor a text")
    published, refused = _date(message, zone)
    problems = (refused, *reading.problems, "" if html else "The mail has no text.")
    address = web_address(header(message, "archived-at").strip("<> "), None)  # RFC 5064
    article = Article(
        uid=document.name,
        title=subject,
        url=address,
        base=address or _base(message),
        authors=_authors(message),
        published=published,
        categories=_categories(message),
        html=html,
        language=header(message, "content-language").partition(",")[0].strip() or None,
        problems=distinct(problems),
        trail=tuple(reading.steps),
    )
    return Parsed((article,))


class _Bounded(Compat32):
    """How fields are read: as they came, without what takes the square of time.

    The newer policies interpret fields as they are asked for, raise a dozen exceptions over damaged
    ones, and lose characters that span two encoded words.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        crowded = value.count(";") > _MOST_PARAMETERS and name.lower().startswith("content-")
        return name, value.partition(";")[0] if crowded else value[:_LONGEST_FIELD]


def _message(document: Document) -> Message:
    body = _MBOX_FROM.sub(b"", document.body[:1000], count=1) + document.body[1000:]
    body = body.lstrip(b"\r\n \t\xef\xbb\xbf")
    if not _FIELD.match(body):
        raise ParseError(f"{document.name}: this is no mail (it begins with no header field)")
    boundaries = len(_BOUNDARY.findall(body))
    if boundaries > _MOST_BOUNDARIES or boundaries * body.count(b"\n") > _MOST_LOOKS:
        raise ParseError(f"{document.name}: the mail has too many parts inside of parts")
    try:
        return BytesParser(policy=_Bounded()).parsebytes(body)
    except Exception as error:
        # Nothing is documented to be raised, and nearly everything has been.
        raise ParseError(f"{document.name}: the mail cannot be read: {error}") from error


# The body


def _read(part: Message, reading: _Reading, depth: int, name: str) -> None:
    """Read one part and those inside of it."""
    reading.parts += 1
    if depth > _DEEPEST or reading.parts > _MOST_PARTS:
        reading.problems.append("The mail has too many parts; the last ones are left out.")
        return
    kind = part.get_content_type()
    inside = _inside(part)
    if kind in _SEALED_TYPES:
        raise ParseError(f"{name}: the mail is encrypted")
    if kind in ("message/rfc822", "message/global"):
        for forwarded in inside:
            _read_forwarded(forwarded, reading, depth, name)
    elif inside and kind.startswith("multipart/"):
        for chosen in _chosen(kind, inside):
            _read(chosen, reading, depth + 1, name)
    elif kind.startswith("image/"):
        _take_picture(part, reading)
    elif kind.startswith("multipart/") and depth == 0:
        _take_text(part, "text/plain", reading, name)
    elif kind in ("text/html", "text/plain", "application/xhtml+xml") and not _is_attached(part):
        _take_text(part, kind, reading, name)


def _inside(part: Message) -> list[Message]:
    """Give the parts of a part; also where another boundary than the one that is named parts them.

    A relay that wrote the header anew leaves that.
    """
    payload = _payload(part)
    if isinstance(payload, str) and part.get_content_maintype() == "multipart":
        found = _BOUNDARY_LINE.search(payload)
        if found:
            head = f'Content-Type: {part.get_content_type()}; boundary="{found[1]}"\n\n'
            payload = message_from_string(head + payload, policy=_Bounded()).get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _chosen(kind: str, inside: list[Message]) -> list[Message]:
    """Choose what of a multipart is shown."""
    match kind:
        case "multipart/alternative":
            # The last is the richest (RFC 2046, 5.1.4), but some say it the other way round.
            best = max(inside, key=lambda one: (_richness(one), inside.index(one)))
            return [best] if _richness(best) else []
        case "multipart/signed" | "multipart/report":
            return inside[:1]  # what follows is for machines
        case "multipart/related":
            return [one for one in inside if _is_picture(one)] + [
                next((one for one in inside if _richness(one)), inside[0])
            ]
        case _:
            # Pictures first: a text may show one that comes after it.
            return sorted(inside, key=lambda one: not _is_picture(one))


def _richness(part: Message) -> int:
    kind = part.get_content_type()
    if kind in ("text/html", "application/xhtml+xml"):
        return 3
    if kind.startswith("multipart/"):
        return max((_richness(one) for one in _inside(part)), default=0)
    return 2 if kind == "text/plain" else 0


def _is_picture(part: Message) -> bool:
    return part.get_content_maintype() == "image"


def _is_attached(part: Message) -> bool:
    return raw_header(part, "content-disposition").strip().lower().startswith("attachment")


def _take_text(part: Message, kind: str, reading: _Reading, name: str) -> None:
    text, problem = decode(_bytes(part), _parameter(part, "charset"))
    if len(text) > _LONGEST_TEXT:
        text, problem = text[:_LONGEST_TEXT], "The mail is very long; the end is left out."
    text, broken = mend(text)
    reading.problems += filter(None, (problem, broken))
    if kind == "text/plain":
        if _SEALED.match(text):
            raise ParseError(f"{name}: the mail is encrypted")
        flowed = _parameter(part, "format").lower() == "flowed"
        html, steps = from_mail_text(
            text, flowed=flowed, delsp=_parameter(part, "delsp").lower() == "yes"
        )
    else:
        html, steps = tidy(page_body(text), Frame(_pictures(reading), reading.leaving))
    reading.pieces.append(html)
    reading.steps += steps


def _read_forwarded(message: Message, reading: _Reading, depth: int, name: str) -> None:
    """Read a message inside of another one, as a quotation under its subject and author."""
    before, reading.pieces = reading.pieces, []
    _read(message, reading, depth + 1, name)
    inner, reading.pieces = "\n".join(filter(None, reading.pieces)), before
    lines = (header(message, "subject"), ", ".join(_authors(message)), header(message, "date"))
    about = "<br>".join(escape(line, quote=False) for line in lines if line)
    if about or inner:
        reading.pieces.append(f"<blockquote><p>{about}</p>\n{inner}</blockquote>")


def _bytes(part: Message) -> bytes:
    """Give the content of a part as bytes, whatever its transfer encoding did to it."""
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # damaged base64 and uuencode raise what they like
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = _payload(part)
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _payload(part: Message) -> object:
    """Give what a part holds as it came: further parts, or a text."""
    try:
        return part.get_payload()
    except ValueError:  # a charset with a NUL in its name
        part.del_param("charset")
        return part.get_payload()


def _parameter(part: Message, name: str) -> str:
    """Give a parameter of the content type, "" without one or where it cannot be read."""
    try:
        value = part.get_param(name)
    except Exception:  # RFC 2231 continuations that make no sense
        return ""
    value = value[2] if isinstance(value, tuple) else value
    return str(value or "").strip().strip("\"'")


# Pictures


def _take_picture(part: Message, reading: _Reading) -> None:
    """Keep a picture for the text that shows it; one that none refers to is an attachment."""
    name = raw_header(part, "content-id").strip().strip("<>") or one_line(part.get_filename() or "")
    if name:
        reading.pictures[name] = _bytes(part)


def _pictures(reading: _Reading) -> Mapping[str, str]:
    """Give the addresses of pictures by their names, "" for those that are too much to carry."""
    left, found = _LARGEST_PICTURES, {}
    for name, body in reading.pictures.items():
        found[name] = address = _picture(body, min(left, _LARGEST_PICTURE))
        left -= len(body) if address else 0
    return found


def _picture(body: bytes, limit: int) -> str:
    kind = next((kind for start, kind in _PICTURES if body.startswith(start)), "")
    if not kind or len(body) > limit:
        return ""
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


# The header


def _authors(message: Message) -> tuple[str, ...]:
    for name in ("from", "sender", "reply-to"):
        if found := distinct(map(person, phrases(message, name))):
            return found
    return ()


def _date(message: Message, zone: tzinfo) -> tuple[datetime | None, str]:
    """Give when it was sent, or else when it was received, and what was wrong with that."""
    written = header(message, "date")
    if moment := read_date(written, zone):
        return moment, ""
    received = header(message, "received").rpartition(";")[2].strip()
    refused = f"The date {written[:60]!r} cannot be read." if written else ""
    return read_date(received, zone), refused


def _leaving(message: Message) -> frozenset[str]:
    """Give the web addresses that end the subscription (RFC 2369)."""
    return frozenset(_BRACKETED.findall(header(message, "list-unsubscribe")))


def _base(message: Message) -> str | None:
    """Give what relative addresses start from (RFC 2557)."""
    names = ("content-base", "content-location")
    addresses = (web_address(header(message, name).strip('"<> '), None) for name in names)
    return next(filter(None, addresses), None)


def _categories(message: Message) -> tuple[str, ...]:
    """Give the keywords (RFC 5322, 3.6.5), and the name of the mailing list (RFC 2919)."""
    keywords = header(message, "keywords").split(",")
    described, _, identifier = header(message, "list-id").partition("<")
    name = described.strip(' "')
    if not name and header(message, "list-post"):  # a list that people write to, not a newsletter
        first = identifier.partition(".")[0]
        name = first if _LIST_NAME.fullmatch(first) else ""
    return distinct((*map(one_line, keywords), "" if _MADE_UP.fullmatch(name) else name))
