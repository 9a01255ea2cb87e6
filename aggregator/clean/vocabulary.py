"""The HTML that an article may hold: elements, their attributes, and how elements relate."""

PREFIX = "user-content-"
"""What every ``id`` starts with, so that none can stand for something of the page around it."""

SECTIONS = frozenset(
    [
        "article",
        "aside",
        "blockquote",
        "details",
        "div",
        "dl",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "ul",
    ]
)
ITEMS = frozenset(["dd", "dt", "li"])
TABLE_PARTS = frozenset(["caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"])
BLOCKS = SECTIONS | ITEMS | TABLE_PARTS
"""Elements that stand on lines of their own."""

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])

MEDIA = frozenset(["audio", "hr", "img", "math", "video"])
"""Elements that show something without holding any text."""

INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "br",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
    ]
)
MATH_TOKENS = frozenset(["mi", "mn", "mo", "ms", "mspace", "mtext"])
MATH = MATH_TOKENS | frozenset(
    [
        "math",
        "menclose",
        "merror",
        "mfrac",
        "mmultiscripts",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
        "mrow",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtr",
        "munder",
        "munderover",
        "semantics",
    ]
)
TAGS = BLOCKS | INLINE | MATH | MEDIA | frozenset(["picture", "source", "track"])
"""Every element that is kept."""

_CELL = frozenset({"colspan", "rowspan", "headers"})
ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"id", "lang", "title"}),
    "a": frozenset({"href", "hreflang"}),
    "audio": frozenset({"src"}),
    "blockquote": frozenset({"cite"}),
    "code": frozenset({"class"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "data": frozenset({"value"}),
    "del": frozenset({"cite", "datetime"}),
    "img": frozenset({"src", "srcset", "sizes", "alt", "width", "height"}),
    "ins": frozenset({"cite", "datetime"}),
    "li": frozenset({"value"}),
    "math": frozenset({"alttext"}),
    "menclose": frozenset({"notation"}),
    "mfrac": frozenset({"linethickness"}),
    "mo": frozenset({"fence", "stretchy", "lspace", "rspace"}),
    "mspace": frozenset({"width"}),
    "mtd": frozenset({"columnspan", "rowspan"}),
    "ol": frozenset({"start"}),
    "pre": frozenset({"class"}),
    "q": frozenset({"cite"}),
    "source": frozenset({"src", "srcset", "sizes", "media", "type", "width", "height"}),
    "td": _CELL,
    "th": _CELL | {"abbr"},
    "time": frozenset({"datetime"}),
    "track": frozenset({"src", "srclang", "label"}),
    "video": frozenset({"src", "poster", "width", "height"}),
}
"""The attributes that are kept with any value, for one element or ("*") for all."""

_ALIGN = {"align": {"left", "right", "center", "justify"}}
_SWITCH = {"", "true", "false"}
_LETTERS = {
    "mathvariant": {
        "normal",
        "bold",
        "italic",
        "bold-italic",
        "double-struck",
        "fraktur",
        "script",
        "sans-serif",
        "monospace",
    }
}
VALUES: dict[str, dict[str, set[str]]] = {
    "audio": {"controls": {"", "controls"}, "preload": {"none", "metadata"}},
    "details": {"open": {"", "open"}},
    "img": {
        "loading": {"lazy", "eager"},
        "decoding": {"async", "sync", "auto"},
        "referrerpolicy": {
            "no-referrer",
            "no-referrer-when-downgrade",
            "origin",
            "origin-when-cross-origin",
            "same-origin",
            "strict-origin",
            "strict-origin-when-cross-origin",
        },
    },
    "math": {"display": {"block", "inline"}},
    "mi": _LETTERS,
    "mn": _LETTERS,
    "mo": _LETTERS,
    "ms": _LETTERS,
    "mstyle": {"displaystyle": {"true", "false"}},
    "mtext": _LETTERS,
    "mover": {"accent": _SWITCH},
    "munder": {"accentunder": _SWITCH},
    "ol": {"reversed": {"", "reversed"}, "type": {"1", "a", "A", "i", "I"}},
    "td": _ALIGN,
    "th": _ALIGN | {"scope": {"col", "row", "colgroup", "rowgroup"}},
    "track": {
        "default": {"", "default"},
        "kind": {"subtitles", "captions", "descriptions", "chapters", "metadata"},
    },
    "video": {
        "controls": {"", "controls"},
        "loop": {"", "loop"},
        "muted": {"", "muted"},
        "playsinline": {"", "playsinline"},
        "preload": {"none", "metadata"},
    },
}
"""The attributes that are kept with one of these values only."""

DIRECTIONS = {"ltr", "rtl", "auto"}
SCHEMES = frozenset({"http", "https", "mailto", "tel", "magnet"})
"""Schemes of links; pictures and media are http or https."""

RENAMED = {
    "acronym": "abbr",
    "address": "div",
    "center": "div",
    "dialog": "div",
    "dir": "ul",
    "fieldset": "div",
    "form": "div",
    "legend": "div",
    "listing": "pre",
    "menu": "ul",
    "none": "mrow",
    "plaintext": "pre",
    "search": "div",
    "strike": "s",
    "tt": "code",
    "xmp": "pre",
}
"""Elements that go on under the name of a sibling which every reader knows."""

REMOVED = frozenset(
    [
        "amp-ad",
        "amp-analytics",
        "amp-auto-ads",
        "amp-consent",
        "amp-embed",
        "amp-pixel",
        "amp-social-share",
        "annotation",
        "annotation-xml",
        "applet",
        "base",
        "bgsound",
        "button",
        "canvas",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "input",
        "link",
        "meta",
        "noembed",
        "noframes",
        "object",
        "option",
        "output",
        "param",
        "progress",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
    ]
)
"""Elements that go with everything in them. Any other that is not kept gives way to its content."""
