"""Write posts in the manner of an imported news feed: the same ones every time.

    python benchmarks/generate.py posts 10000 FOLDER

Each post is about 8 kB, in Chinese or English, with the layout of a Hexo post that was generated
from somebody else's feed: nested categories, an RFC 822 date, a body in one <div> with full-width
indents, a picture, comments, a style block, an advert and the editor's line. The texts all differ.
"""

import argparse
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

CATEGORIES = 221
_SEED = 20220405
_FIRST = datetime(2022, 4, 5, 14, 45, 17, tzinfo=UTC)
# Three characters in four are Chinese ones in the posts that this imitates.
_CHINESE_SHARE = 0.75
# In bytes; with what stands around it, a post has about 8 kB.
_TEXT_BYTES = 6_000
_CHARACTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 1500)]
_SYLLABLES = [first + second for first in "bcdfgklmnprstv" for second in "aeiou"]

_ADVERT = """
<!-- 正文下iframe -->


<!-- 文末二维码 start -->
            <style>
            .appendQr_wrap&#123;border:1px solid #E6E6E6;padding:8px;&#125;
            .appendQr_normal&#123;float:left;&#125;
            .appendQr_normal img&#123;width:74px;&#125;
            .appendQr_normal_txt&#123;float:left;font-size:20px;line-height:74px;color:#333;&#125;
            </style>
            <div class="clearfix appendQr_wrap">
                <div class="appendQr_normal"><img src="https://images.example/qr.png"></div>
                <div class="appendQr_normal_txt">扫一扫，好文章天天看</div>
            </div>
<!-- 文末二维码 end -->
"""


def posts(count: int) -> Iterator[tuple[str, str]]:
    """Give ``count`` posts as file name and text. The first n are the same for every count."""
    for number in range(count):
        yield f"{number:06d}.md", post(number)


def post(number: int) -> str:
    """Return the text of one post."""
    chance = random.Random(_SEED + number)
    chinese = chance.random() < _CHINESE_SHARE
    title = _sentence(chance, chinese)[:40].rstrip("。. ，,")
    picture = f"https://images.example/{number}/head.jpg"
    date = format_datetime(_FIRST + timedelta(minutes=17 * number), usegmt=True)
    names = "".join(f" - {name}\n" for name in _categories(chance))
    return (
        f"\n---\ntitle: '{title} {number}'\ncategories: \n{names}headimg: '{picture}'\n"
        f"author: 样例 {number % 37}\ncomments: false\ndate: {date}\n"
        f"thumbnail: '{picture}'\n---\n\n"
        f"<div>   \n<p>　　来源：样例新闻</p>\n"
        f'<div class="img_wrapper"><img id="0" src="{picture}" alt referrerpolicy="no-referrer">'
        f'<span class="img_descr"></span></div>\n{_paragraphs(chance, chinese)}'
        f"<!-- news_keyword_pub,stock, -->\n{_ADVERT}\n"
        f'<p class="article-editor">责任编辑：样例 {number % 11} </p>\n\n  \n</div>\n'
    )


def _categories(chance: random.Random) -> list[str]:
    """A few large groups with many small ones in them, as such imports have."""
    leaf = int(CATEGORIES * chance.random() ** 2)
    group = leaf % 20
    return [f"频道{group}", f"频道{group}－栏目{leaf}"] if leaf >= 20 else [f"频道{leaf}"]


def _paragraphs(chance: random.Random, chinese: bool) -> str:
    paragraphs, size = [], 0
    while size < _TEXT_BYTES:
        text = "".join(_sentence(chance, chinese) for _ in range(4))
        paragraphs.append(f"<p>　　{text}</p>\n")
        size += len(text.encode())
    return "".join(paragraphs)


def _sentence(chance: random.Random, chinese: bool) -> str:
    if chinese:
        parts = ("".join(chance.choices(_CHARACTERS, k=chance.randint(6, 18))) for _ in range(2))
        return "，".join(parts) + "。"
    words = ("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(14))
    return " ".join(words).capitalize() + ". "


def write_posts(count: int, folder: Path) -> None:
    """Write ``count`` posts into ``folder``, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in posts(count):
        (folder / name).write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="KIND")
    command = commands.add_parser("posts", help="posts with front matter")
    command.add_argument("count", type=int)
    command.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    write_posts(arguments.count, arguments.folder)


if __name__ == "__main__":
    main()
