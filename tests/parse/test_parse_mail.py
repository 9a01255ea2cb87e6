"""Messages as newsletters, lists and people send them, and as they get damaged on the way."""

import base64
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.parse import parse

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
DATE = "Date: Mon, 6 May 2024 14:00:00 +0200\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def read(body: bytes | str, zone: str = "UTC") -> Article:
    raw = body if isinstance(body, bytes) else body.encode()
    document = Document(name="cur/1.host", body=raw, media_type="message/rfc822")
    (article,) = parse(document, ZoneInfo(zone)).articles
    assert article.uid == "cur/1.host"
    return article


def html_mail(html: str, head: str = "Subject: s\n") -> Article:
    return read(f"{head}Content-Type: text/html; charset=utf-8\n\n{html}")


def plain_mail(text: str, parameters: str = "") -> str:
    kind = f"Content-Type: text/plain; charset=utf-8{parameters}\n"
    return read(f"Subject: s\n{kind}\n{text}").html


def multipart(
    kind: str, *parts: MIMEBase | MIMEMultipart | MIMEText, subject: str = "s"
) -> Article:
    message = MIMEMultipart(kind, _subparts=parts)
    message["Subject"] = subject
    return read(message.as_bytes())


def picture(name: str, body: bytes = PNG, kind: str = "png") -> MIMEBase:
    part = MIMEBase("image", kind)
    part.set_payload(base64.encodebytes(body).decode())
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-ID"] = f"<{name}>"
    return part


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^<>]*>", " ", html).split())


# The header


def test_what_the_header_says() -> None:
    article = read(
        "From: Ann Example <ann@example.org>\r\n"
        "Subject: A long\r\n subject\r\n"
        "Date: Mon, 6 May 2024 14:00:00 +0200 (CEST)\r\n"
        "Message-ID: <1@example.org>\r\n"
        "Keywords: feeds, mail\r\n"
        "List-Id: Friends of Feeds <fof.example.org>\r\n"
        "Archived-At: <https://lists.example.org/fof/1>\r\n"
        "Content-Language: en-GB\r\n\r\nText\r\n"
    )
    assert (article.title, article.authors) == ("A long subject", ("Ann Example",))
    assert (article.published, article.language) == (NOON, "en-GB")
    assert (article.url, article.base) == ("https://lists.example.org/fof/1",) * 2
    assert article.categories == ("feeds", "mail", "Friends of Feeds")
    assert (article.entry_id, article.html, article.problems) == (None, "<p>Text</p>", ())


SUBJECTS = [
    (b"=?utf-8?B?5Lit5paH?=", "中文"),
    (b"=?UTF-8?q?caf=C3=A9_=26_more?=", "café & more"),
    (b"=?gb2312?B?1tDOxA==?= =?gb2312?B?0MLOxQ==?=", "中文新闻"),
    (b"=?big5?B?pKSk5bdzu0Q=?=", "中文新聞"),
    (b"=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語"),
    (b"=?koi8-r?B?8NLJ18XUIM3J0g==?=", "Привет мир"),
    (b"=?utf-8?B?5Lit?=\r\n =?utf-8?B?5paH?=", "中文"),
    (b"=?utf-8?B?5Lit5g==?= =?utf-8?B?locK?=", "中文"),  # a character cut in two
    (b"=?utf-8?B?5Lit5paH5?=", "中文"),  # base64 cut off
    (b"=?utf-8?Q?What's_up??=", "What's up?"),
    (b"=?utf-8?Q?with spaces in it?= and more", "with spaces in it and more"),
    (b"Re: =?utf-8?Q?a?= b", "Re: a b"),
    (b"=?utf-8*en?Q?a?=", "a"),
    (b"=?x-nonsense?Q?a=62?=", "ab"),
    (b"=?utf-8?X?a?=", "=?utf-8?X?a?="),
    ("raw café".encode(), "raw café"),
    ("中文新闻网今日要闻".encode("gbk"), "中文新闻网今日要闻"),
    (b'"=?utf-8?Q?quoted?="', '"quoted"'),
    (b"", ""),
]


@pytest.mark.parametrize(("raw", "expected"), SUBJECTS, ids=range(len(SUBJECTS)))
def test_subjects(raw: bytes, expected: str) -> None:
    assert read(b"Subject: " + raw + b"\r\n\r\ntext").title == expected


AUTHORS = [
    ("Ann <ann@x.example>", ("Ann",)),
    ('"Example, Ann" <ann@x.example>', ("Example, Ann",)),
    ("ann@x.example (Ann)", ("Ann",)),
    ("<ann@x.example>", ("ann@x.example",)),
    ("=?utf-8?B?5Lit5paH?= <a@x.example>", ("中文",)),
    ('"=?utf-8?Q?caf=C3=A9?=" <a@x.example>', ("café",)),
    ("Ann <a@x.example>, Bo <b@x.example>", ("Ann", "Bo")),
    ("Just a name", ("Just a name",)),
    ("Ann <broken", ("Ann",)),
    ("", ()),
]


@pytest.mark.parametrize(("written", "expected"), AUTHORS)
def test_authors(written: str, expected: tuple[str, ...]) -> None:
    assert read(f"From: {written}\nSubject: s\n\ntext").authors == expected


DATES = [
    ("Date: Mon, 6 May 2024 12:00:00 GMT\n", NOON, ()),
    ("Date: 6 May 2024 20:00\n", NOON, ()),  # in the source's zone
    ("Received: by x; Mon, 6 May 2024 14:00:00 +0200\nReceived: by y; bad\n", NOON, ()),
    (f"Date: soon\nReceived: a; {DATE[6:]}", NOON, ("The date 'soon' cannot be read.",)),
    ("", None, ()),
]


@pytest.mark.parametrize(("head", "expected", "problems"), DATES)
def test_dates(head: str, expected: datetime | None, problems: tuple[str, ...]) -> None:
    article = read(f"Subject: s\n{head}\ntext", "Asia/Shanghai")
    assert (article.published, article.problems) == (expected, problems)


LISTS = [
    ("List-Id: Python Development <python-dev.python.org>\n", ("Python Development",)),
    ('List-Id: "Python" <python-dev.python.org>\n', ("Python",)),
    ("List-Id: <python-dev.python.org>\nList-Post: <mailto:x>\n", ("python-dev",)),
    ("List-Id: <12345.mailings.example.org>\nList-Post: <mailto:x>\n", ()),
    ("List-Id: <news.example.org>\n", ()),
    ("List-ID: 0a1b2c3d4e5fmc list <0a1b2c.12.list-id.mcsv.net>\n", ()),
]


@pytest.mark.parametrize(("head", "expected"), LISTS)
def test_lists(head: str, expected: tuple[str, ...]) -> None:
    assert read(f"Subject: s\n{head}\ntext").categories == expected


# Which part is the text


def test_the_richest_of_the_alternatives() -> None:
    plain, html = MIMEText("plain"), MIMEText("<p>rich</p>", "html")
    assert multipart("alternative", plain, html).html == "<p>rich</p>"
    assert multipart("alternative", html, plain).html == "<p>rich</p>"
    assert multipart("alternative", plain, MIMEText("BEGIN:VCALENDAR", "calendar")).html == (
        "<p>plain</p>"
    )


def test_a_calendar_invitation_shows_its_words() -> None:
    invite = MIMEMultipart("alternative", _subparts=[MIMEText("Lunch?"), MIMEText("X", "calendar")])
    attached = MIMEText("X", "calendar")
    attached["Content-Disposition"] = "attachment; filename=invite.ics"
    assert multipart("mixed", invite, attached).html == "<p>Lunch?</p>"


def test_signed_mail_is_its_first_part() -> None:
    signature = MIMEBase("application", "pgp-signature")
    assert multipart("signed", MIMEText("said"), signature).html == "<p>said</p>"


def test_a_bounce_is_what_it_says_to_people() -> None:
    status = MIMEBase("message", "delivery-status")
    status.attach(MIMEText("Action: failed"))
    returned = MIMEBase("message", "rfc822")
    returned.attach(MIMEText("what I had sent"))
    article = multipart("report", MIMEText("It did not arrive."), status, returned)
    assert article.html == "<p>It did not arrive.</p>"


def test_parts_that_follow_each_other_and_attachments() -> None:
    attached = MIMEText("<p>secret</p>", "html")
    attached["Content-Disposition"] = 'ATTACHMENT; filename="a.html"'
    article = multipart("mixed", MIMEText("<p>one</p>", "html"), attached, MIMEText("two"))
    assert article.html == "<p>one</p>\n<p>two</p>"


def test_a_forwarded_message_is_quoted_under_its_header() -> None:
    inner = MIMEText("<p>old</p>", "html")
    inner["Subject"], inner["From"] = "<Old> news", "Bo <bo@x.example>"
    outer = MIMEBase("message", "rfc822")
    outer.attach(inner)
    assert multipart("mixed", MIMEText("look"), outer).html == (
        "<p>look</p>\n<blockquote><p>&lt;Old&gt; news<br>Bo</p>\n<p>old</p></blockquote>"
    )


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: multipart/encrypted; boundary="b"\n\n--b\n\nx\n--b--',
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAG",
        "\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n",
    ],
)
def test_encrypted_mail_says_so(head: str) -> None:
    with pytest.raises(ParseError, match="the mail is encrypted"):
        read(f"Subject: s\n{head}")


@pytest.mark.parametrize("body", ["", "From x\n", "<p>no mail</p>", "\n\n", "just words\n", "\0"])
def test_what_is_no_mail(body: str) -> None:
    with pytest.raises(ParseError, match="this is no mail"):
        read(body)


def test_a_mail_without_anything() -> None:
    with pytest.raises(ParseError, match="neither a subject nor a text"):
        read("From: a@x.example\n\n")


def test_a_mail_of_a_subject_or_of_an_attachment() -> None:
    assert read("Subject: only this\n\n").problems == ("The mail has no text.",)
    pdf = MIMEBase("application", "pdf")
    assert multipart("mixed", pdf, subject="see attached").title == "see attached"


# How parts are written


CHARSETS = [
    ("gbk", "人民币汇率中间价今日上调"),
    ("gb2312", "新闻联播今日播出的主要内容"),
    ("big5", "台北股市今日收盤上漲"),
    ("iso-2022-jp", "日本語のメールマガジン"),
    ("koi8-r", "Новости за неделю, коротко"),
    ("iso-8859-1", "Grüße aus Köln"),
    ("utf-8", "naïve – “quotes” 😀"),
]


@pytest.mark.parametrize(("charset", "text"), CHARSETS)
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_character_sets(charset: str, text: str, encoding: str) -> None:
    raw = text.encode(charset)
    match encoding:
        case "base64":
            raw = base64.encodebytes(raw)
        case "quoted-printable":
            raw = b"".join(b"=%02X" % byte for byte in raw)
    head = f"Subject: s\nContent-Type: text/plain; charset={charset}\n"
    head += f"Content-Transfer-Encoding: {encoding}\n\n"
    article = read(head.encode() + raw)
    assert (article.html, article.problems) == (f"<p>{text}</p>", ())


def test_a_wrong_character_set_is_found_out() -> None:
    text = "人民币汇率中间价今日上调，市场反应平稳"
    head = b"Subject: s\nContent-Type: text/plain; charset=us-ascii\n\n"
    article = read(head + text.encode("gbk"))
    assert article.html == f"<p>{text}</p>"
    assert len(article.problems) == 1


DAMAGED = [
    ("base64", b"aGVsbG8gd29ybGQ", "hello world"),  # the end is missing
    ("base64", b"aGVs\n!!bG8gd29y\nbGQ=\n-- \nfooter", "hello world"),
    ("quoted-printable", b"a=ZZb =3D =\nc=", "a=ZZb = c"),
    ("x-uuencode", b"begin 644 a\n$:&5L;&\\\n`\nend\n", "hell"),
    ("nonsense", b"text", "text"),
]


@pytest.mark.parametrize(("encoding", "raw", "expected"), DAMAGED)
def test_damaged_encodings(encoding: str, raw: bytes, expected: str) -> None:
    head = f"Subject: s\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    assert expected in words(read(head + raw).html)


BROKEN = [
    "multipart/mixed; boundary=b\n\n--b\n\ntext\n",  # no end
    "multipart/mixed; boundary=b\n\n--b\n\ntext",
    "multipart/mixed; boundary=b\n\n--c\n\ntext\n--c--\n",
    "multipart/alternative; boundary=b\n\n--c=_1\nContent-Type: text/plain\n\ntext\n--c=_1--\n",
    "multipart/mixed\n\ntext\n",
    "multipart/mixed; boundary=\n\n--b\n\ntext\n--b--\n",
    "multipart/mixed; boundary=b\n\ntext\n",
    "text/plain; boundary=b; charset=\n\ntext\n",
    "nonsense\n\ntext\n",
]


@pytest.mark.parametrize("kind", BROKEN, ids=range(len(BROKEN)))
def test_broken_boundaries(kind: str) -> None:
    article = read(f"Subject: s\nContent-Type: {kind}")
    assert (article.html, article.problems) == ("<p>text</p>", ())


@pytest.mark.parametrize("start", ["From ann@x Mon May  6 12:00:00 2024\n", "\n\n", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_first_line_and_line_ends(start: str, end: str) -> None:
    mail = f"{start}Subject: s\n{DATE}\na\n\nb\n".replace("\n", end)
    article = read(mail)
    assert (article.title, article.published) == ("s", NOON)
    assert article.html == "<p>a</p>\n<p>b</p>"


# Plain text


def test_a_mailing_list() -> None:
    text = (
        "On Monday, Bo wrote:\n"
        "> Is this right?\n"
        ">> It was.\n"
        "\n"
        "Yes: see <https://x.example/a?b=1&c=2>, and https://x.example/b.\n"
        "  indented\n"
        "-- \n"
        "Ann\n"
        "https://ann.example\n"
    )
    assert plain_mail(text) == (
        "<p>On Monday, Bo wrote:</p>\n"
        "<blockquote>\n<p>Is this right?</p>\n"
        "<blockquote>\n<p>It was.</p>\n</blockquote>\n</blockquote>\n"
        '<p>Yes: see <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>,'
        ' and <a href="https://x.example/b">https://x.example/b</a>.<br>&nbsp; indented</p>'
    )


def test_the_footer_of_a_list() -> None:
    footer = "_" * 47 + "\nfof mailing list\nfof@x.example\nhttps://x.example/listinfo/fof\n"
    assert plain_mail(f"Text\n\n{footer}") == "<p>Text</p>"


def test_what_is_too_long_is_no_signature() -> None:
    assert plain_mail("a\n-- \n" + "line\n" * 20).count("line") == 20


def test_flowed_text() -> None:
    """RFC 3676, 4.1 to 4.5."""
    text = "A line that \ngoes on \nand ends.\n stuffed\n> quoted \n> too\nfixed\nlines\n"
    assert plain_mail(text, "; format=flowed") == (
        "<p>A line that goes on and ends.<br>stuffed</p>\n"
        "<blockquote>\n<p>quoted too</p>\n</blockquote>\n<p>fixed<br>lines</p>"
    )
    assert plain_mail("中 \n文", "; format=flowed; delsp=yes") == "<p>中文</p>"


def test_lines_that_were_cut_at_a_width_are_joined() -> None:
    text = (
        "This paragraph was cut by a program that takes seventy-two characters\n"
        "for the width of all screens, and so it has line ends which mean\n"
        "nothing.\n"
        "Short.\n\n"
        "* an item\n* another\n"
    )
    assert plain_mail(text) == (
        "<p>This paragraph was cut by a program that takes seventy-two characters for the width of "
        "all screens, and so it has line ends which mean nothing.<br>Short.</p>\n"
        "<p>* an item<br>* another</p>"
    )


def test_plain_text_cannot_become_markup() -> None:
    found = plain_mail('<script>x</script> https://x.example/"onclick="a <b>')
    assert found.startswith("<p>&lt;script&gt;x&lt;/script&gt; <a ")
    assert 'href="https://x.example/">' in found


# HTML


SUBSTACK = """<html><head><style>.x{}</style></head><body>
<div class="preview" style="display:none;font-size:1px;max-height:0">What is in it</div>
<div style="display:none">%s</div>
<table role="presentation" width="100%%"><tr><td><h1>The post</h1>
<p>A first paragraph with words enough to be the text of a letter that somebody wrote.</p>
<p>And a second one, so that there is more text than footer in the whole of this mail.</p>
</td></tr></table>
<div class="footer"><p>© 2024 Ann<br>548 Market Street</p>
<p><a href="https://x.example/action/disable_email?token=secret">Unsubscribe</a></p></div>
</body></html>""" % ("&#847; &#173;&#847; &#173;" * 40)


def test_a_newsletter() -> None:
    article = html_mail(SUBSTACK)
    assert words(article.html) == (
        "The post A first paragraph with words enough to be the text of a letter that somebody "
        "wrote. And a second one, so that there is more text than footer in the whole of this mail."
    )
    assert "secret" not in article.html
    assert {step.detail for step in article.trail} == {"footer", "preview text"}


MAILCHIMP = """<body><center><table border="0" cellpadding="0"><tr><td>
<a href="https://mailchi.mp/x?e=me">View this email in your browser</a></td></tr>
<tr><td><table><tr><td width="50%"><p>Left column with a text of some length in it.</p></td>
<td><p>Right column, with a text of its own, too.</p></td></tr></table></td></tr>
<tr><td><table border="1"><tr><td>Mon</td><td>1</td></tr><tr><td>Tue</td><td>2</td></tr></table>
</td></tr><tr><td>Want to change how you receive these emails?<br>
You can <a href="https://x.list-manage.com/profile?u=1">update your preferences</a> or
<a href="https://x.list-manage.com/unsubscribe?u=1">leave</a>.</td></tr></table></center></body>"""


def test_tables_that_are_layout_and_those_that_are_not() -> None:
    html = html_mail(MAILCHIMP).html
    assert html.count('role="presentation"') == 2
    assert '<table border="1">' in html
    assert words(html) == (
        "Left column with a text of some length in it. Right column, with a text of its own, too. "
        "Mon 1 Tue 2"
    )
    assert "list-manage" not in html
    assert "mailchi.mp" not in html


def test_a_link_that_the_header_names_ends_the_subscription() -> None:
    head = "Subject: s\nList-Unsubscribe: <mailto:a@x.example>, <https://x.example/q?t=1>\n"
    text = "<p>A text that is long enough.</p>" * 3
    html = html_mail(f'{text}<p>Bye: <a href="https://x.example/q?t=1">here</a></p>', head).html
    assert "Bye" not in html
    assert html.count("long enough") == 3


def test_a_word_about_leaving_does_not_cost_the_text() -> None:
    html = '<p>How to <a href="https://x.example/">unsubscribe</a> from everything: a guide.</p>'
    assert "from everything: a guide" in html_mail(html).html


@pytest.mark.parametrize("kept", ["می\u200cخواهم", "a" + "\xa0" * 9 + "b", "👩\u200d👩\u200d👧"])
def test_joiners_and_spaces_that_mean_something_stay(kept: str) -> None:
    assert html_mail(f"<p>{kept}</p>").html.replace("&nbsp;", "\xa0") == f"<p>{kept}</p>"


# Pictures


def test_small_pictures_come_along() -> None:
    html = MIMEText('<p>See <img src="CID:a%40x" alt="A"><img src="cid:none" alt="B"></p>', "html")
    article = multipart("related", html, picture("a@x"))
    address = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert article.html == f'<p>See <img src="{address}" alt="A"><span>B</span></p>'
    assert [(step.name, step.blocks) for step in article.trail] == [("mail", 1)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(PNG + bytes(40_000), "png"), (b"<svg onload='x'/>", "png"), (b"BM", "bmp"), (b"", "gif")],
    ids=["large", "svg", "bmp", "empty"],
)
def test_other_pictures_leave_their_words(body: bytes, kind: str) -> None:
    html = MIMEText('<p><img src="cid:a" alt="A cat"></p>', "html")
    assert multipart("related", html, picture("a", body, kind)).html == "<p><span>A cat</span></p>"


def test_pictures_are_carried_up_to_a_sum() -> None:
    body = PNG + bytes(30_000)
    html = MIMEText("".join(f'<img src="cid:{n}">' for n in range(9)), "html")
    article = multipart("related", html, *(picture(str(n), body) for n in range(9)))
    assert article.html.count("data:") == 4


# However bad


def test_nesting_and_floods_are_bounded() -> None:
    boundaries = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(500)
    )
    for body in (
        f"Subject: s\n{boundaries}\ntext",
        "Subject: s\n" + "Content-Type: message/rfc822\n\n" * 3000,
    ):
        with pytest.raises(ParseError):
            read(body)
    html_mail("<div>" * 50_000 + "x")
    html_mail("<table><tr><td>" * 600 + "x")
    html_mail(("<p " + "a " * 3000 + ">") * 100)
    read('Content-Type: text/plain; charset="' + '\\";' * 100_000 + "\nSubject: s\n\nx")
    read("From: " + "(" * 500_000 + "\nSubject: " + "=?a?q?" * 100_000 + "\n\nx")


_PIECES = st.sampled_from(
    [
        *("Subject: ", "From: ", "Date: ", "Content-Type: ", "multipart/mixed", "message/rfc822"),
        *("; boundary=b", "; charset=", "; name*0=", "; name*1*=x", '"', "text/html", "\n", "\r\n"),
        *("\n\n", "--b", "--b--", "=?utf-8?B?", "?=", "base64", "\nContent-Transfer-Encoding: "),
        *(
            "quoted-printable",
            "x-uuencode",
            "begin 644 a",
            "=",
            "é",
            "\ud800",
            "\0",
            "<a href=",
            ">",
        ),
        *("cid:", "unsubscribe", "-- \n", "> ", "https://x.example/", "<", ",", "@"),
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_nothing_but_a_parse_error_is_raised(text: str) -> None:
    raw = f"Subject: s\n{text}".encode("utf-8", "surrogatepass")
    try:
        article = read(raw)
    except ParseError:
        return
    assert article.title or article.html


def test_a_charset_whose_name_cannot_be_one_costs_no_text() -> None:
    article = read("Subject: s\nContent-Type: ; charset=\x00-- \n\né, they said".encode())
    assert "they said" in article.html


@given(st.text(max_size=200), st.text(max_size=300))
def test_what_was_written_is_read(subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"] = " ".join("".join(c for c in subject if c.isalnum() or c == " ").split())
    message["From"] = "a@x.example"
    message.set_content("".join(c for c in text if c.isalnum() or c in " \n") + "\nend\n")
    article = read(message.as_bytes())
    assert article.title == message["Subject"]
    assert article.html.endswith("end</p>")
