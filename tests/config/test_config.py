"""The configuration: what is taken as meant, and every mistake with its place and a hint."""

import time
from pathlib import Path

import pytest

from aggregator.config import Loaded, load
from aggregator.errors import ConfigError

GOOD = "sources:\n  - directory: inbox\n"


def config(folder: Path, text: str | bytes, **environment: str) -> Loaded:
    """Load a configuration that stands beside a folder ``inbox``."""
    (folder / "inbox").mkdir(exist_ok=True)
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, environment)


def problems(folder: Path, text: str | bytes, **environment: str) -> list[str]:
    """Return the problems of a configuration, as ``line: path: what``."""
    with pytest.raises(ConfigError) as caught:
        config(folder, text, **environment)
    start = f"{folder}/a.yaml:"
    assert all(problem.startswith(start) for problem in caught.value.problems)
    return [
        problem.removeprefix(start).replace(str(folder), "HERE")
        for problem in caught.value.problems
    ]


SAME = "sources:\n  - feed: https://x/\n    name: A\n  - page: https://x/\n    name: B"
KINDS = "directory, feed, page, sitemap, opml, command"


def web(setting: str) -> str:
    """A feed source with one more setting, in line 3."""
    return f"sources:\n  - feed: https://x.org/\n    {setting}"


def source(line: str) -> str:
    """Return a configuration whose one source has a further setting, on line 3."""
    return f"{GOOD}    {line}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Names of settings
        (f"titel: x\n{GOOD}", "1: titel: is no setting here; did you mean title?"),
        (f"qqq: x\n{GOOD}", "1: qqq: is no setting here; known are title, base_url, root, store, "),
        (source("nmae: x"), "3: sources[0].nmae: is no setting here; did you mean name?"),
        (f"serve: {{prot: 1}}\n{GOOD}", "1: serve.prot: is no setting here; did you mean port?"),
        (f"publish: {{limits: 1}}\n{GOOD}", "1: publish.limits: is no setting here; did you mean"),
        (f"feeds: [{{name: x, categories: [a], limt: 1}}]\n{GOOD}", "1: feeds[0].limt: is no sett"),
        ("sources:\n  - feed: https://x.org/\n    glob: x",
         "3: sources[0].glob: is no setting here; it is one of a directory source"),
        # Types
        (f"title:\n  a: b\n{GOOD}", "1: title: is to be text, not a mapping"),
        (f"serve: 8000\n{GOOD}", "1: serve: is to be a mapping, one 'name: value' a line, not '80"),
        (f"serve: {{port: http}}\n{GOOD}", "1: serve.port: is to be a whole number, not 'http'"),
        (f"serve: {{port: 65536}}\n{GOOD}", "1: serve.port: is to be 65535 or less, not '65536'"),
        (f"publish: {{limit: 0}}\n{GOOD}", "1: publish.limit: is to be 1 or more, not '0'"),
        (f"publish: {{limit: 1.5}}\n{GOOD}", "1: publish.limit: is to be a whole number, not '1."),
        (f"publish: {{formats: rss}}\n{GOOD}", "1: publish.formats: is to be a list, such as ["),
        (f"publish: {{formats: [rss, atm]}}\n{GOOD}",
         "1: publish.formats[1]: is to be 'rss', 'atom' or 'json', not 'atm'"),
        (f"publish: {{formats: []}}\n{GOOD}", "1: publish.formats: is empty"),
        (f"categories: {{rename: [a]}}\n{GOOD}", "1: categories.rename: is to be a mapping, one"),
        (source("categories: Linux"), "3: sources[0].categories: is to be a list, such as [Linux]"),
        (source("categories: [a, ~]"), "3: sources[0].categories[1]: has nothing behind it; give"),
        (source("watch: maybe"), "3: sources[0].watch: is to be true or false, not 'maybe'"),
        (source("on_delete: retrct"), "3: sources[0].on_delete: is to be 'keep' or 'retract', not"),
        (source("max_size: huge"), "3: sources[0].max_size: is to be a size such as 10MB, not"),
        # Values
        (source("every: 5x"), "3: sources[0].every: '5x' is no duration; write 90s, 15m, 6h or 1d"),
        (source("every: 99999999d"), "3: sources[0].every: '99999999d' is longer than a hundred"),
        ("sources:\n  - feed: https://", "2: sources[0].feed: 'https://' is no web address; writ"),
        ("sources:\n  - feed: https://me:x@y/", "2: sources[0].feed: 'https://me:x@y/' holds a"),
        (source("every: 0s"), "3: sources[0].every: '0s' is no duration; write 90s, 15m, 6h or 1d"),
        (source("every: 1 2 3"), "3: sources[0].every: '1 2 3' is no cron line (Wrong number of f"),
        (source("every: 99 * * * *"), "3: sources[0].every: '99 * * * *' is no cron line ("),
        (source("remove: ['p[']"), "3: sources[0].remove[0]: 'p[' is no CSS selector: "),
        (source("timezone: Mars/Base"), "3: sources[0].timezone: 'Mars/Base' is no time zone; "),
        (source("glob: ../x"), "3: sources[0].glob: '../x' must stay inside the folder"),
        (f"timezone: ../../etc\n{GOOD}", "1: timezone: '../../etc' is no time zone; write it like"),
        (f"keep: long\n{GOOD}", "1: keep: 'long' is no duration; write 90s, 15m, 6h or 1d"),
        (f"publish: {{icon: https://x/a.svg}}\n{GOOD}", "1: publish.icon: 'https://x/a.svg' is no"),
        (f"publish: {{icon: a.png}}\n{GOOD}", "1: publish.icon: 'a.png' is no web address; write"),
        (f"base_url: x.org\n{GOOD}", "1: base_url: 'x.org' is no web address; write it like https"),
        (f"base_url: http://\n{GOOD}", "1: base_url: 'http://' is no web address; write it like"),
        (f"base_url: 'https://x y/'\n{GOOD}", "1: base_url: 'https://x y/' is no web address; wr"),
        (f"base_url: https://x/?a\n{GOOD}", "1: base_url: 'https://x/?a' is to end with a folder"),
        (f"output: s3://x\n{GOOD}", "1: output: 's3://x' is no folder; other places to write to"),
        (f"store: mysql://x\n{GOOD}", "1: store: 'mysql://x': sqlite:///PATH and postgresql://"),
        (f"store: data.db\n{GOOD}", "1: store: 'data.db' is no database address: sqlite:///PATH"),
        ("sources:\n  - feed: ftp://x/y", "2: sources[0].feed: 'ftp://x/y' is no web address; w"),
        (source(f"name: {'x' * 500}\n    every: {'x' * 500}"), f"4: sources[0].every: '{'x' * 79}"),
        # Kinds
        ("sources:\n  - fed: https://x/",
         f"2: sources[0]: has no kind; one of {KINDS} names what it reads; did you mean f"),
        ("sources:\n  - name: x", f"2: sources[0]: has no kind; one of {KINDS} names what"),
        # Sources on the web
        (web("auth: me"), "3: sources[0].auth: what is given is to be user:password"),
        (web("proxy: x"), "3: sources[0].proxy: what is given is no proxy; write it like ht"),
        (web("headers: {Host: x}"), "3: sources[0].headers: what is given has Host, a header that"),
        (web("headers: {'a b': x}"), "3: sources[0].headers: what is given has 'a b', which is no"),
        (web('headers: {X: "a\\nb"}'), "3: sources[0].headers: what is given has a line break or "),
        (web("delay: soon"), "3: sources[0].delay: 'soon' is no duration; write 90s, 15m, 6h or "),
        (web("websub: true"), "3: sources[0].websub: needs a base_url, at which the hub can reach"),
        ("sources:\n  - page: https://x/\n    link: 'a[@href'",
         "3: sources[0].link: 'a[@href' is no CSS selector: "),
        ("sources:\n  - page: https://x/\n    date: 'a['", "3: sources[0].date: 'a[' is no CSS "),
        ("sources:\n  - opml: nowhere.opml", "2: sources[0].opml: the file HERE/nowhere.opml is"),
        ("sources:\n  - command: ls", "2: sources[0].command: is a program to be run; write allow"),
        ("sources:\n  - sitemap: x", "2: sources[0].sitemap: 'x' is no web address; write it like"),
        ("sources:\n  - directory: inbox\n    feed: https://x/",
         "2: sources[0]: has directory and feed; a source is one of them, so make two"),
        ("sources:\n  - https://x/feed", "2: sources[0]: is no source; write one of directory, f"),
        ("sources: []", "1: sources: is empty"),
        ("sources:", "1: sources: has nothing behind it; give it a value or leave it out"),
        ("sources:\n  directory: inbox", "1: sources: is to be a list, such as ["),
        ("title: x", "1: sources: is missing"),
        # Folders
        ("sources:\n  - directory: nowhere", "2: sources[0].directory: the folder HERE/nowhere is"),
        ("sources:\n  - directory: ~/x",
         "2: sources[0].directory: the folder HERE/~/x is not there; write ${HOME} for ~"),
        (f"sources:\n  - directory: {'x' * 300}", "2: sources[0].directory: the folder HERE/xxx"),
        ("sources:\n  - directory: [a]", "2: sources[0].directory: is to be text, not a list"),
        (f"root: nowhere\n{GOOD}", "1: root: the folder HERE/nowhere is not there"),
        ("sources:\n  - directory: .",
         "2: sources[0].directory: the pages that are written to HERE/feeds would be read as art"),
        # The same twice
        (f"{GOOD}  - directory: ./inbox/",
         "3: sources[1]: 'inbox' is read by sources[0] too; keep one"),
        (f"{GOOD}    name: A\n  - feed: https://x/\n    name: A",
         "4: sources[1]: 'A' is the name of sources[0] too; keep one"),
        (f"{GOOD}  - feed: https://x/\n    name: inbox",
         "3: sources[1]: 'inbox' is the name of sources[0] too; keep one"),
        ("sources:\n  - feed: https://x/\n    name: A\n  - feed: https://x/\n    name: B",
         "4: sources[1]: 'https://x/' is read by sources[0] too; keep one"),
        (f"{GOOD}feeds: [{{name: A, categories: [a]}}, {{name: a, categories: [b]}}]",
         "3: feeds[1]: 'a' is the name of feeds[0] too; keep one"),
        # Defaults
        (f"defaults: {{every: x}}\n{GOOD}", "1: defaults.every: 'x' is no duration; write 90s, "),
        (f"defaults: {{evry: 1m}}\n{GOOD}", "1: defaults.evry: is no setting here; did you mean"),
        (f"defaults: {{name: x}}\n{GOOD}", "1: defaults.name: is no setting here; known are"),
        (f"defaults: 30m\n{GOOD}", "1: defaults: is to be a mapping, one 'name: value' a line, n"),
        # The file
        ("", "1: holds no settings; begin with 'sources:', or see aggregator init"),
        ("# nothing\n", "1: holds no settings; begin with 'sources:', or see aggregator init"),
        ("- directory: inbox", "1: holds no settings; begin with 'sources:', or see aggregator in"),
        ("sources", "1: holds no settings; begin with 'sources:', or see aggregator init"),
        (b"a: b\nc: \xff\n", "2: is not UTF-8; save it as UTF-8"),
        ("title: x".encode("utf-16"), "1: is not UTF-8; save it as UTF-8"),
        ("a:\n\t- b", "2: is indented with a tab; YAML wants spaces"),
        (f"title: Morning: papers\n{GOOD}", "1: holds ': ' where no setting can be; put such text"),
        (f"title: a\n{GOOD}title: b", "1: title: is given twice, the second time on line 4; keep"),
        (f"title: !ENV x\n{GOOD}", "1: title: the tag '!ENV' means nothing here; leave it out"),
        ("[" * 100_000, "1: nested deeper than 64 levels"),
        # Feeds of one's own choice
        (f"{GOOD}feeds:\n- name: x", "4: feeds[0]: chooses nothing; say what is in it: "),
        (f"{GOOD}feeds:\n- {{name: x, not_categories: [A]}}", "4: feeds[0]: chooses nothing; say "),
        (f"{GOOD}feeds:\n- {{name: x, categories: []}}", "4: feeds[0].categories: is empty"),
        (f"{GOOD}feeds:\n- {{name: x, sources: []}}", "4: feeds[0].sources: a list is empty"),
        (f"{GOOD}feeds:\n- {{name: x, language: Chinese}}", "4: feeds[0].language: 'Chinese' is "),
        (f"{GOOD}feeds:\n- {{name: x, language: zh, sort: age}}", "4: feeds[0].sort: is to be "),
        # The environment
        (f"title: ${{NONE}}\n{GOOD}", "1: title: the environment has no NONE; set it, or write"),
        (f"title: ${{TITLE-x}}\n{GOOD}", "1: title: '${' begins ${NAME} or ${NAME:-default}; for"),
        (f"serve: {{port: '${{NONE}}'}}\n{GOOD}", "1: serve.port: the environment has no NONE; "),
    ],
)  # fmt: skip
def test_each_mistake_is_named_once_with_its_line(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(said)


def test_all_mistakes_are_named_in_one_go_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
titel: x
timezone: Nowhere
sources:
  - directory: nowhere
    every: x
  - fed: x
  - feed: ${NONE}
feeds:
  - {}
"""
    assert [problem.partition(": ")[0] for problem in problems(tmp_path, text)] == (
        ["1", "2", "4", "5", "6", "7", "9", "9"]
    )


def test_a_mistake_in_defaults_is_named_once_and_hides_no_other(tmp_path: Path) -> None:
    text = """\
defaults: {every: x, remove: ["p["]}
sources:
  - directory: inbox
    every: y
  - feed: https://x.org/
"""
    found = problems(tmp_path, text)
    assert [problem.split(": ")[1] for problem in found] == [
        "defaults.every",
        "defaults.remove[0]",
        "sources[0].every",
    ]


def test_a_file_that_is_not_there_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: No such file.*aggregator init"):
        load(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_what_looks_like_a_number_is_text_where_text_is_meant(tmp_path: Path) -> None:
    text = """\
title: 2024
sources:
  - directory: inbox
    name: 007
    categories: [2024, on, 1.0, no, 2026-01-02, 0x10]
    language: no
    watch: off
    max_size: 1_000
categories: {rename: {1.0: 2}}
publish: {limit: 7}
"""
    loaded = config(tmp_path, text).config
    (source,) = loaded.sources
    assert (loaded.title, source.name, source.language) == ("2024", "007", "no")
    assert source.categories == ("2024", "on", "1.0", "no", "2026-01-02", "0x10")
    assert (source.watch, source.max_size) == (False, 1000)
    assert loaded.categories.rename == {"1.0": "2"}
    assert loaded.publish.limit == 7


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n"),
        "---\n" + GOOD + "...\n",
        GOOD + "feeds:\nserve:\ndefaults:\n",
        "x-common:\n".replace("x-common", "defaults") + GOOD,
        "sources: [{directory: inbox}]",
        '{"sources": [{"directory": "inbox"}]}',
    ],
    ids=["mark", "crlf", "document", "commented out", "no defaults", "flow", "json"],
)
def test_every_spelling_of_yaml_is_taken(tmp_path: Path, text: str | bytes) -> None:
    assert [source.name for source in config(tmp_path, text).sources] == ["inbox"]


def test_anchors_and_merges_save_repetition(tmp_path: Path) -> None:
    text = """\
sources:
  - &first {directory: inbox, every: 1h, categories: [A]}
  - {<<: *first, directory: other, every: 2h}
"""
    (tmp_path / "other").mkdir()
    first, second = config(tmp_path, text).config.sources
    assert (first.every, first.categories) == ("1h", ("A",))
    assert (second.every, second.categories, second.target) == ("2h", ("A",), "other")


def test_defaults_reach_the_kinds_that_have_the_setting(tmp_path: Path) -> None:
    text = """\
defaults: {every: 2h, watch: false, categories: [All]}
sources:
  - directory: inbox
  - directory: other
    every: 1m
    watch: true
  - feed: https://x.org/
    categories: [Web]
"""
    (tmp_path / "other").mkdir()
    inbox, other, web = config(tmp_path, text).config.sources
    assert (inbox.every, inbox.watch, inbox.categories) == ("2h", False, ("All",))
    assert (other.every, other.watch, other.categories) == ("1m", True, ("All",))
    assert (web.every, web.categories) == ("2h", ("Web",))


def test_the_environment_is_put_in_its_place(tmp_path: Path) -> None:
    text = """\
title: ${TITLE:-Papers} by ${USER_NAME}
base_url: ${BASE:-https://x.org}
serve: {port: "${PORT}"}
sources:
  - directory: ${FOLDER}
    name: $${FOLDER}
"""
    loaded = config(tmp_path, text, USER_NAME="Ann", PORT="1234", FOLDER="inbox")
    assert loaded.config.title == "Papers by Ann"
    assert loaded.config.public_url == "https://x.org/"
    assert loaded.config.serve.port == 1234
    assert loaded.sources[0].name == "${FOLDER}"


def test_paths_start_at_root_and_zones_at_the_source(tmp_path: Path) -> None:
    (tmp_path / "deep" / "posts").mkdir(parents=True)
    text = """\
root: deep
timezone: Asia/Shanghai
sources:
  - directory: posts
  - directory: ../inbox
    timezone: Europe/Berlin
"""
    loaded = config(tmp_path, text)
    assert loaded.root == tmp_path / "deep"
    assert [source.zone for source in loaded.sources] == ["Asia/Shanghai", "Europe/Berlin"]


def test_output_inside_a_source_is_fine_where_the_glob_leaves_it_out(tmp_path: Path) -> None:
    text = 'sources:\n  - directory: .\n    glob: "inbox/**"\n'
    assert config(tmp_path, text).config.output == "feeds/"


def test_ten_thousand_sources_are_read_in_seconds(tmp_path: Path) -> None:
    text = "sources:\n" + "".join(
        f"  - {{feed: 'https://x.org/{n}', name: s{n}, categories: [a, b]}}\n"
        for n in range(10_000)
    )
    began = time.process_time()
    assert len(config(tmp_path, text).sources) == 10_000
    assert time.process_time() - began < 10


def test_a_page_and_the_feed_at_its_address_are_two_sources(tmp_path: Path) -> None:
    assert len(config(tmp_path, SAME).sources) == 2
