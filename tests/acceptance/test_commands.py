"""Every command as people and scripts call it."""

import json
import os
import pty
import re
import select
import subprocess
from pathlib import Path

import pytest
from program import COMMAND, CONFIG, ENVIRONMENT, NEAR, ids, run, run_json, site, write

BROKEN = "root: .\nsources:\n  - directory: inbox\n    nmae: x\n"
REPORT = ["name", "kind", "status", "documents", "new", "changed", "unchanged", "duplicates"]
REPORT += ["dropped", "errors"]
ARTICLE = "id title url author published updated categories html text summary image language"
ARTICLE += " content_hash source document problems"


def test_first_steps(tmp_path: Path) -> None:
    begun = run(tmp_path, "init")
    assert begun.returncode == 0
    assert begun.stdout.endswith("Next: aggregator run\n")
    assert run(tmp_path, "check").returncode == 0
    assert run(tmp_path, "once").returncode == 0
    assert ids(tmp_path).keys() == {"Welcome"}
    again = run(tmp_path, "init")
    assert again.returncode == 2
    assert "is there already; nothing was written" in again.stderr


def test_init_elsewhere_says_how_to_go_on(tmp_path: Path) -> None:
    begun = run(tmp_path, "init", "my feeds")
    command = begun.stdout.rpartition("Next: aggregator ")[2].strip()
    assert command == "run -c 'my feeds/config/aggregator.yaml'"


def test_schema_is_the_one_that_init_writes(tmp_path: Path) -> None:
    run(tmp_path, "init")
    written = json.loads((tmp_path / "config" / "aggregator.schema.json").read_text())
    assert json.loads(run(tmp_path, "schema").stdout) == written


def test_once_reports_every_source_and_feed(tmp_path: Path) -> None:
    root = site(tmp_path, Hello="Hello.", World="World.")
    first = run_json(root, "once")
    assert list(first) == ["sources", "feeds", "seconds"]
    (source,) = first["sources"]
    assert list(source) == REPORT
    assert source == {
        "name": "Inbox", "kind": "directory", "status": "ok", "documents": 2, "new": 2,
        "changed": 0, "unchanged": 0, "duplicates": 0, "dropped": 0, "errors": [],
    }  # fmt: skip
    assert [feed.pop("written") > 0 for feed in first["feeds"]] == [True, True]
    assert first["feeds"] == [
        {"name": "Test", "slug": "", "entries": 2},
        {"name": "News", "slug": "news", "entries": 2},
    ]
    assert isinstance(first["seconds"], float)
    again = run_json(root, "once")
    assert (again["sources"][0]["status"], again["feeds"]) == ("unchanged", [])


def test_once_reports_its_scans_even_when_a_feed_cannot_be_written(tmp_path: Path) -> None:
    root = site(tmp_path, Hello="Hello.")
    (root / "feeds").mkdir()
    (root / "feeds" / "news").write_text("a file where the feed's folder should be")
    done = run(root, "once", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["sources"][0]["new"] == 1
    assert "feeds/news" in done.stderr
    (root / "feeds" / "news").unlink()
    assert [feed["slug"] for feed in run_json(root, "once")["feeds"]] == ["news"]


def test_once_exits_1_for_a_failed_source_and_publishes_the_rest(tmp_path: Path, web) -> None:
    feed = f"  - feed: {web.url}/missing.xml\n    name: Gone\n{NEAR}"
    root = site(tmp_path, CONFIG + feed, Hello="Hello.")
    done = run_json(root, "once", exits=1)
    inbox, gone = done["sources"]
    assert (inbox["status"], inbox["new"]) == ("ok", 1)
    assert gone["status"] == "error"
    ((document, error),) = [tuple(e.values()) for e in gone["errors"]]
    assert document == f"{web.url}/missing.xml"
    assert "404" in error
    assert ids(root).keys() == {"Hello"}
    said = run(root, "once", "Gone")
    assert said.returncode == 1
    assert said.stderr.count("404") == 1


def test_once_visits_only_the_sources_that_are_named(tmp_path: Path, web) -> None:
    root = site(
        tmp_path,
        CONFIG + f"  - feed: {web.url}/feed.xml\n    name: Web\n{NEAR}",
        A="A.",
    )
    assert [source["name"] for source in run_json(root, "once", "Web", "Web")["sources"]] == ["Web"]
    assert ids(root).keys() == {"From the web"}
    unknown = run(root, "once", "Inbix", "--json")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == "there is no source 'Inbix'; did you mean 'Inbox'?\n"


@pytest.mark.parametrize("command", ["run", "once"])
def test_a_bad_configuration_exits_2_and_starts_nothing(tmp_path: Path, command: str) -> None:
    root = site(tmp_path, BROKEN)
    done = run(root, *command.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "config/aggregator.yaml:4: sources[0].nmae: is no setting here; did you mean name?\n"
    )
    assert not (root / "data").exists()


def test_check_lists_problems_as_json(tmp_path: Path) -> None:
    root = site(tmp_path, BROKEN)
    found = run_json(root, "check", exits=2)
    assert found["sources"] == []
    assert [p.partition(": ")[0] for p in found["problems"]] == ["config/aggregator.yaml:4"]


def test_check_online_tries_each_source_and_stores_nothing(tmp_path: Path, web) -> None:
    feed = f"  - feed: {web.url}/feed.xml\n    name: Web\n{NEAR}"
    root = site(tmp_path, CONFIG + feed, Hello="Hello.")
    said = run(root, "check", "--online")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines()[1:] == ["Inbox: 1 article", "Web: 1 article"]
    del web.pages["/feed.xml"]
    found = run_json(root, "check", "--online", exits=1)
    assert found["sources"][0] == {"name": "Inbox", "articles": 1, "error": ""}
    assert "404" in found["sources"][1]["error"]
    assert not (root / "data").exists()
    assert run_json(root, "check") == {"problems": [], "sources": []}


@pytest.mark.parametrize("target", ["Inbox", "inbox", "inbox/Hello.md"])
def test_preview_of_what_is_configured(tmp_path: Path, target: str) -> None:
    root = site(tmp_path, CONFIG + "    remove: [b]\n", Hello="Hello, <b>world</b>.")
    (article,) = run_json(root, "preview", target)
    assert set(ARTICLE.split()) <= set(article)
    assert (article["title"], article["text"]) == ("Hello", "Hello, .")
    assert (article["source"], article["document"]) == ("Inbox", "Hello.md")
    assert article["published"] == "2026-01-02T03:04:05Z"
    assert not (root / "data").exists()
    if target == "Inbox":
        run(root, "once")
        assert ids(root)["Hello"] == article["id"]


def test_preview_without_a_configuration(tmp_path: Path, web) -> None:
    root = site(tmp_path / "site", Hello="Hello.")
    write(root, "World")
    (root / "inbox" / "notes.rst").write_text("Notes\n\nOf any kind.")
    for target, titles in [
        (str(root / "inbox"), ["Hello", "World"]),
        (str(root / "inbox" / "Hello.md"), ["Hello"]),
        (f"{web.url}/feed.xml", ["From the web"]),
    ]:
        articles = run_json(tmp_path, "preview", target, "--allow-private")
        assert [article["title"] for article in articles] == titles
    shown = run(tmp_path, "preview", str(root / "inbox")).stdout
    assert [line for line in shown.splitlines() if not line.startswith(" ")] == ["Hello", "World"]


def test_preview_names_what_it_cannot_show_and_shows_the_rest(tmp_path: Path, web) -> None:
    root = site(tmp_path, Hello="Hello.")
    (root / "inbox" / "photo.jpg").write_bytes(b"\xff\xd8")
    targets = ["nope", f"{web.url}/nope", "inbox/photo.jpg", "inbox/Hello.md"]
    done = run(root, "preview", *targets, "--json", "--allow-private")
    assert done.returncode == 1
    assert [article["title"] for article in json.loads(done.stdout)] == ["Hello"]
    assert re.fullmatch(
        r"nope: no source, web address, file or folder is called so\n"
        r"http://\S+/nope: the server answered 404 .*\n"
        r"photo.jpg: no article was found; the glob of Inbox is .*\n",
        done.stderr,
    )


def test_status_before_and_after_a_scan(tmp_path: Path, web) -> None:
    feed = f"  - feed: {web.url}/missing.xml\n    name: Gone\n{NEAR}"
    root = site(tmp_path, CONFIG + feed, Hello="Hello.")
    before = run_json(root, "status")
    assert [(s["name"], s["status"]) for s in before["sources"]] == [
        ("Inbox", "new"),
        ("Gone", "new"),
    ]
    run(root, "once")
    after = run_json(root, "status")
    assert [(s["name"], s["status"], s["articles"]) for s in after["sources"]] == [
        ("Inbox", "ok", 1),
        ("Gone", "error", 0),
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", after["sources"][0]["last_scan"])
    assert [(f["title"], f["slug"], f["entries"]) for f in after["feeds"]] == [
        ("", "", 1),
        ("News", "news", 1),
    ]
    said = run(root, "status")
    assert re.search(r"Inbox +directory +ok +1 +\d+ s ago +in (2[789]|3[0123]) min", said.stdout)
    assert "404" in said.stderr


COMMANDS = ["run", "once", "check", "preview", "status", "explain", "split", "merge"]
COMMANDS += ["release", "init", "schema"]


STORY = " ".join(
    f"On day {n} the ferry of Lindau carried {n * 7} people over the lake, and nobody complained."
    for n in range(12)
)


def two_sources(tmp_path: Path) -> Path:
    """A story in two folders, the second with another title and a further paragraph."""
    root = site(tmp_path, CONFIG + "  - directory: more\n    name: More\n", Ferry=STORY)
    run(root, "once")
    (root / "more").mkdir()
    head = "---\ntitle: A ferry for Lindau\ndate: 2026-01-02 03:04:05\n---\n"
    (root / "more" / "b.md").write_text(
        f"{head}{STORY}\n\nMore to come in the evening, they say.\n"
    )
    run(root, "once")
    return root


def test_explain_tells_the_life_of_an_article(tmp_path: Path) -> None:
    root = two_sources(tmp_path)
    (life,) = run_json(root, "explain", "inbox/Ferry.md")
    assert life["state"] == "live"
    assert life["also_in"] == [{"source": "More", "url": None}]
    assert [event["event"] for event in life["events"]] == ["new", "copy merged"]
    assert [event["source"] for event in life["events"]] == ["Inbox", "More"]
    assert "bytes, text/markdown" in life["events"][0]["fetched"]
    # By its id, and for people.
    assert run_json(root, "explain", life["id"]) == [life]
    said = run(root, "explain", "more/b.md").stdout
    assert said.startswith("A ferry for Lindau\n  merged · More · b.md\n")
    assert f"tells the same story as {life['id']}" in said
    unknown = run(root, "explain", "inbox/none.md", "--json")
    assert (unknown.returncode, json.loads(unknown.stdout)) == (1, [])
    assert "no article goes by this" in unknown.stderr


def test_explain_knows_what_a_rule_left_out(tmp_path: Path) -> None:
    rule = "rules:\n- if: {title: (?i)advert}\n  drop: true\n"
    root = site(tmp_path, CONFIG + rule, Advert="Buy.")
    run(root, "once")
    (life,) = run_json(root, "explain", "inbox/Advert.md")
    assert (life["state"], life["title"]) == ("dropped", "Advert")
    assert life["events"][0]["why"] == "rules[0]: if title (?i)advert: drop"


def test_split_and_merge(tmp_path: Path) -> None:
    root = two_sources(tmp_path)
    assert ids(root).keys() == {"Ferry"}
    assert run(root, "split", "more/b.md").returncode == 0
    run(root, "once")
    assert ids(root).keys() == {"Ferry", "A ferry for Lindau"}
    assert run(root, "merge", "more/b.md").returncode == 0
    run(root, "once")
    assert ids(root).keys() == {"Ferry"}
    again = run(root, "merge", "more/b.md")
    assert again.returncode == 1
    assert "is a copy of another article already; split it first" in again.stderr
    run(root, "split", "more/b.md")
    assert run(root, "merge", "inbox/Ferry.md", "more/b.md").returncode == 0
    run(root, "once")
    assert ids(root).keys() == {"A ferry for Lindau"}
    nobody = run(root, "split", "nowhere")
    assert (nobody.returncode, "no article goes by this" in nobody.stderr) == (1, True)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_an_example(tmp_path: Path, command: str) -> None:
    said = run(tmp_path, command, "--help")
    assert said.returncode == 0
    assert re.search(rf"Examples?: aggregator {command}", said.stdout)


def test_help_names_every_command_and_the_version(tmp_path: Path) -> None:
    said = run(tmp_path, "--help").stdout
    assert all(re.search(rf"\b{command}\b", said) for command in COMMANDS)
    assert re.fullmatch(r"aggregator \d+\.\d+\.\d+\n", run(tmp_path, "--version").stdout)


def test_a_shell_can_complete(tmp_path: Path) -> None:
    words = {
        "_AGGREGATOR_COMPLETE": "complete_bash",
        "COMP_WORDS": "aggregator st",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [Path(COMMAND[0]).with_name("aggregator")],
        env={**os.environ, **words, "_AGGREGATOR_COMPLETE": "complete_bash"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["status"]


def terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """Run a command in a terminal of 60 columns; return what it shows."""
    here, there = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm-256color", "COLUMNS": "60", **environment}
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            **environment,
        },
        stdin=there,
        stdout=there,
        stderr=there,
    ) as process:
        os.close(there)
        shown = b""
        while select.select([here], [], [], 20)[0]:
            try:
                part = os.read(here, 65536)
            except OSError:  # the other end is closed
                break
            shown += part
        process.wait(20)
    os.close(here)
    return shown.decode().replace("\r\n", "\n")


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    root = site(tmp_path, Hello="Hello.")
    for command in ("once", "--help"):
        done = run(root, command)
        assert "\x1b" not in done.stdout + done.stderr
    assert "\x1b[32mok" in terminal(root, "status")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", terminal(root, "status", NO_COLOR="1"))


def test_a_narrow_terminal_keeps_columns_apart(tmp_path: Path) -> None:
    root = site(tmp_path, CONFIG.replace("Inbox", "新浪财经的文章和每天的新闻"))
    write(root, "你好")
    run(root, "once")
    lines = terminal(root, "status", NO_COLOR="1").splitlines()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    header = next(line for line in plain if line.startswith("Source"))
    first = plain[plain.index(header) + 1]
    assert re.match(r"新浪财经的文章和每天  ok +1  ", first)


def test_progress_goes_to_the_terminal_and_not_into_the_result(tmp_path: Path) -> None:
    root = site(tmp_path, Hello="Hello.")
    shown = terminal(root, "once", "--json", NO_COLOR="1")
    assert json.loads(shown[shown.index("{") : shown.rindex("}") + 1])["sources"][0]["new"] == 1


@pytest.mark.parametrize(
    ("command", "spared"),
    [
        ("--help", ["pydantic", "sqlalchemy", "lxml", "aiohttp", "starlette", "apscheduler"]),
        ("once", ["starlette", "uvicorn", "watchfiles"]),
        ("preview inbox", ["starlette", "uvicorn", "watchfiles"]),
    ],
)
def test_commands_import_only_what_they_use(
    tmp_path: Path, command: str, spared: list[str]
) -> None:
    root = site(tmp_path, Hello="Hello.")
    done = run(root, *command.split(), PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert imported.isdisjoint(spared)


def test_a_mail_is_explained_by_the_path_that_its_file_has_now(tmp_path: Path) -> None:
    root = site(tmp_path, Hello="Hello.")
    for name in ("cur", "new", "tmp"):
        (root / "inbox" / name).mkdir()
    letter = root / "inbox" / "cur" / "1.host:2,S"
    letter.write_text("From: a@example.org\nSubject: Letter\n\nHello from me.\n")
    run(root, "once")
    (life,) = run_json(root, "explain", "inbox/cur/1.host:2,S")
    assert life["title"] == "Letter"
