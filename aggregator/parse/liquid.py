"""What template languages leave in a post: Hexo's and Jekyll's tags, Hugo's and Zola's shortcodes.

No template is run. What stands for text, an image, a video or code becomes that; the rest is left
out, and what it encloses stays.
"""

import html
import re
from urllib.parse import quote

# Fences and inline code come first: a post about templates shows them there. An alternative that
# looks for a far end also ends with the text, and no other reads beyond the next "%", "{" or line:
# that keeps a text of a million openings linear.
_PIECE = re.compile(
    r"""
      (?P<fence>^[ ]{0,3}(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^[ ]{0,3}(?P=mark)[`~]*[ \t]*$|\Z))
    | (?P<inline>(?P<tick>`{1,2})[^`\n]{1,400}(?P=tick))
    | \{%-?\s{0,9}raw\s{0,9}-?%\}(?P<raw>.*?)(?:\{%-?\s{0,9}endraw\s{0,9}-?%\}|\Z)
    | \{%-?\s{0,9}(?P<block>highlight|codeblock)\b(?P<options>[^%\n]{0,300})%\}
      (?P<listing>.*?)(?:\{%-?\s{0,9}end(?P=block)\s{0,9}-?%\}|\Z)
    | \{\{<\s{0,9}highlight\b(?P<language>[^>{\n]{0,300})>\}\}
      (?P<source>.*?)(?:\{\{<\s{0,9}/\s{0,9}highlight\s{0,9}>\}\}|\Z)
    | \{%-?\s{0,9}(?P<tag>[A-Za-z_]\w{0,40})(?P<arguments>[^%\n]{0,300})%\}
    | \{\{[<%]\s{0,9}/?\s{0,9}(?P<short>[A-Za-z_][\w/-]{0,40})
      (?P<parameters>[^>%{\n]{0,300})[>%]\}\}
    | \{\{\s{0,9}(?:(?P<call>[A-Za-z_]\w{0,40})\((?P<given>[^{}\n]{0,300})\)
        |["'](?P<quoted>[^"'{}\n]{0,300})["'][^{}\n]{0,100}|(?:site|page|theme|config)\.[\w.]{1,80})\s{0,9}\}\}
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_ARGUMENT = re.compile(r"""(?:(\w{1,40})\s{0,3}[=:]\s{0,3})?("[^"]*"|'[^']*'|[^\s,]+)""")
_VIDEOS = {
    "youtube": "https://www.youtube.com/watch?v=",
    "vimeo": "https://vimeo.com/",
    "bilibili": "https://www.bilibili.com/video/",
}
_IMAGES = frozenset(("img", "image", "asset_img", "figure", "fancybox"))


def resolve(text: str) -> str:
    """Give ``text`` with every tag and shortcode replaced by what it stands for, or left out."""
    return _PIECE.sub(_resolved, text) if "{%" in text or "{{" in text else text


def _resolved(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found["fence"] or found["inline"]:
        return match[0]
    for verbatim in (found["raw"], found["quoted"]):
        if verbatim is not None:
            return verbatim
    if found["listing"] is not None:
        return _listing(found["options"], found["listing"])
    if found["source"] is not None:
        return _listing(found["language"], found["source"])
    name = found["tag"] or found["short"] or found["call"] or ""
    rest = found["arguments"] or found["parameters"] or found["given"] or ""
    return _tag(name.lower(), rest.rstrip(" \t-/"))


def _tag(name: str, rest: str) -> str:
    arguments = [(key, value.strip("\"'")) for key, value in _ARGUMENT.findall(rest)]
    values = [value for _, value in arguments]
    if name in _VIDEOS and values:
        address = _VIDEOS[name] + quote(values[0])
        return f'<a href="{address}">{address}</a>'
    if name in _IMAGES:
        return _image(arguments)
    if name in ("post_link", "asset_link") and values:
        return html.escape(" ".join(values[1:]) or values[0].replace("-", " "))
    return ""


def _image(arguments: list[tuple[str, str]]) -> str:
    named = dict(arguments)
    address = named.get("src") or next(
        (value for key, value in arguments if not key and ("." in value or "/" in value)), ""
    )
    if not address:
        return ""
    words = named.get("alt") or named.get("caption") or named.get("title") or ""
    return f'<img src="{html.escape(address)}" alt="{html.escape(words)}">'


def _listing(options: str, code: str) -> str:
    """Give code as HTML, which Markdown takes as it is up to ``</pre>``."""
    words = options.replace("lang:", " ").split()
    language = html.escape(words[0]) if words and words[0].isalnum() else ""
    attribute = f' class="language-{language}"' if language else ""
    escaped = html.escape(code.strip("\n"), quote=False)
    return f"\n\n<pre><code{attribute}>{escaped}</code></pre>\n\n"
