"""The daemon as a process: what it notices, what it survives, how it ends."""

import contextlib
import datetime
import shutil
import signal
import socket
import sqlite3
import time
import urllib.error
from pathlib import Path

import pytest
from program import (
    CONFIG,
    NEAR,
    daemon,
    ids,
    reconfigure,
    run,
    run_json,
    site,
    stored,
    until,
    write,
)


def test_serves_the_samples_and_says_where(tmp_path: Path) -> None:
    root = site(tmp_path, Hello="Hello, world.")
    with daemon(root) as running:
        assert "<html" in running.get()
        until(lambda: running.titles("news/feed.json") == ["Hello"])
        assert running.health() == {"status": "ok", "sources": 1, "failing": 0}
        assert "Inbox" in running.get("status")
        assert running.stop(signal.SIGINT) == 0
    assert ids(root).keys() == {"Hello"}


def test_takes_new_edited_and_renamed_files_at_once(tmp_path: Path) -> None:
    root = site(tmp_path, First="One.")
    with daemon(root) as running:
        until(lambda: running.titles() == ["First"])
        before = stored(root)["First"]
        began = time.monotonic()
        write(root, "Second")
        until(lambda: set(running.titles()) == {"First", "Second"})
        assert time.monotonic() - began < 5
        # As editors save: a new file takes the place of the old one.
        edited = root / "inbox" / "First.md"
        (root / "inbox" / ".First.md.swp").write_text("draft")
        new = root / "inbox" / "First.md~"
        new.write_text(edited.read_text().replace("One.", "One and a half."))
        new.replace(edited)
        until(lambda: "One and a half" in running.get("feed.json"))
        assert stored(root)["First"] == before
        edited.rename(root / "inbox" / "elsewhere.md")
        write(root, "Third")
        until(lambda: "Third" in running.titles())
        assert stored(root)["First"] == before
        assert running.stop() == 0


def test_a_folder_that_is_removed_and_comes_back_is_watched_again(tmp_path: Path) -> None:
    root = site(tmp_path, First="One.")
    with daemon(root) as running:
        until(lambda: running.titles() == ["First"])
        shutil.rmtree(root / "inbox")
        until(lambda: running.health()["status"] == "degraded")
        (root / "inbox" / "deep").mkdir(parents=True)
        write(root, "Second")
        until(lambda: "Second" in running.titles())
        until(lambda: running.health()["status"] == "ok")
        moved = write(root, "Third")
        moved.rename(root / "inbox" / "deep" / "Third.md")
        until(lambda: "Third" in running.titles())
        assert running.stop() == 0


def test_thousands_of_events_become_few_scans_and_lose_nothing(tmp_path: Path) -> None:
    count = 2000
    root = site(tmp_path, Start="Go.")
    with daemon(root) as running:
        until(lambda: running.titles() == ["Start"])
        for number in range(count):
            write(root, f"n{number}")
        until(lambda: len(stored(root)) == count + 1)
        assert running.logged().count("Inbox: ") < 40, running.logged()
        assert running.stop() == 0


def test_ends_within_seconds_in_the_middle_of_a_scan(tmp_path: Path) -> None:
    count = 4000
    root = site(tmp_path)
    for n in range(count):
        write(root, f"n{n}", f"Text {n}. " * 20)
    with daemon(root) as running:
        # An empty index is served at once, whatever there is to scan.
        assert "<html" in running.get()
        until(lambda: stored(root))
        began = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - began < 5, running.logged()
        assert "Traceback" not in running.logged()
    before = stored(root)
    run_json(root, "once")
    after = stored(root)
    assert len(after) == count
    assert before.items() <= after.items()
    assert len(ids(root)) == 50
    if len(before) == count:
        pytest.skip("this machine had scanned all within the second that scans get to finish")


def test_killed_at_any_moment_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    count = 1200
    root = site(tmp_path)
    for n in range(count):
        write(root, f"n{n}")
    known: dict[str, str] = {}
    for moment in (0.0, 0.3, 0.8):
        with daemon(root) as running:
            time.sleep(moment)  # the moment is what is tried here
            running.process.kill()
            running.process.wait()
        assert known.items() <= stored(root).items()
        known = stored(root)
        ids(root)
    run_json(root, "once")
    assert len(stored(root)) == count
    assert known.items() <= stored(root).items()
    assert len(ids(root)) == 50
    assert not list((root / "feeds").rglob("*.tmp"))


def test_a_store_has_one_program_at_a_time(tmp_path: Path) -> None:
    root = site(tmp_path, First="One.")
    with daemon(root) as running:
        for command in ("run", "once"):
            second = run(root, command)
            assert second.returncode == 1
            assert str(running.process.pid) in second.stderr
            assert "Traceback" not in second.stderr
        assert run(root, "status").returncode == 0
        assert running.stop() == 0


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        root = site(tmp_path, CONFIG.replace("port: 0", f"port: {port}"))
        done = run(root, "run")
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_edits_of_the_configuration_are_taken_or_refused(tmp_path: Path) -> None:
    root = site(tmp_path, First="One.")
    (root / "second").mkdir()
    second = CONFIG + "  - directory: second\n    name: Other\n"
    (root / "second" / "Else.md").write_text("# Else\n\nFrom the other folder.")
    with daemon(root) as running:
        until(lambda: running.titles() == ["First"])
        reconfigure(root, second)
        until(lambda: set(running.titles()) == {"First", "Else"})
        # A broken edit: the old configuration goes on, and says so.
        reconfigure(root, second.replace("name: Other", "nmae: Other"))
        until(lambda: running.health()["status"] == "degraded")
        assert "sources[1].nmae" in running.get("status")
        assert "aggregator.yaml:8: sources[1].nmae" in running.logged()
        write(root, "Meanwhile")
        until(lambda: "Meanwhile" in running.titles())
        # What cannot change while it runs.
        reconfigure(root, CONFIG + "output: elsewhere\n")
        until(lambda: "output: cannot change" in running.get("status"))
        # The next good edit is taken; a source that left keeps its articles.
        reconfigure(root, CONFIG)
        until(lambda: running.health() == {"status": "ok", "sources": 1, "failing": 0})
        assert set(running.titles()) == {"First", "Else", "Meanwhile"}
        running.send(signal.SIGHUP)
        until(lambda: running.logged().count("Took the configuration anew") == 3)
        assert running.stop() == 0


def test_a_configuration_behind_links_is_taken_when_the_link_moves(tmp_path: Path) -> None:
    root = site(tmp_path, First="One.")
    folder = root / "config"
    path = folder / "aggregator.yaml"
    for version, title in (("v1", "Test"), ("v2", "Renamed")):
        (folder / version).mkdir()
        text = path.read_text().replace("title: Test", f"title: {title}")
        (folder / version / "aggregator.yaml").write_text(text)
    (folder / "data").symlink_to("v1")
    path.unlink()
    path.symlink_to("data/aggregator.yaml")
    with daemon(root) as running:
        (folder / "data.new").symlink_to("v2")
        (folder / "data.new").replace(folder / "data")
        until(lambda: "Renamed" in running.get("feed.json"))
        assert running.stop() == 0


def test_a_recipe_edited_during_a_scan_shows_in_every_article(tmp_path: Path) -> None:
    count = 600
    config = CONFIG + f"publish: {{limit: {count}, formats: [json]}}\n"
    root = site(tmp_path, config)
    for n in range(count):
        write(root, f"n{n}", f'Text {n}. <b class="advert">Buy it!</b>')
    with daemon(root) as running:
        until(lambda: stored(root))
        reconfigure(root, config.replace("name: Inbox", "name: Inbox\n    remove: [.advert]"))
        until(lambda: len(running.titles()) == count and "Buy it!" not in running.get("feed.json"))
        assert running.stop() == 0


def test_due_times_outlive_a_restart(tmp_path: Path, web) -> None:
    feed = f"  - feed: {web.url}/feed.xml\n    name: Web\n    every: 1d\n{NEAR}"
    root = site(tmp_path, CONFIG + feed, First="One.")
    with daemon(root) as running:
        until(lambda: set(running.titles()) == {"First", "From the web"})
        until(lambda: run_json(root, "status")["sources"][1]["next_scan"])
        assert running.stop() == 0
    write(root, "Second")
    with daemon(root) as running:
        until(lambda: "Second" in running.titles())
        assert running.stop() == 0
    assert web.asked["/feed.xml"] == 1


def test_a_server_that_failed_is_tried_again_soon(tmp_path: Path, web) -> None:
    feed = f"  - feed: {web.url}/missing.xml\n    name: Gone\n    every: 1d\n{NEAR}"
    root = site(tmp_path, CONFIG + feed, First="One.")
    with daemon(root) as running:
        due = until(
            lambda: next(
                source["next_scan"]
                for source in run_json(root, "status")["sources"]
                if source["name"] == "Gone"
            )
        )
        assert running.stop() == 0
    ahead = datetime.datetime.fromisoformat(due) - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(0) < ahead <= datetime.timedelta(minutes=5)


def test_a_source_that_fails_stops_no_other(tmp_path: Path, web) -> None:
    feed = f"  - feed: {web.url}/missing.xml\n    name: Gone\n{NEAR}"
    root = site(tmp_path, CONFIG + feed, First="One.")
    with daemon(root) as running:
        until(lambda: running.titles() == ["First"])
        until(lambda: running.health() == {"status": "degraded", "sources": 2, "failing": 1})
        assert "404" in running.get("status")
        web.pages["/missing.xml"] = web.pages["/feed.xml"]
        running.send(signal.SIGHUP)
        assert running.stop() == 0


def test_an_article_waits_for_its_date(tmp_path: Path) -> None:
    root = site(tmp_path, First="One.")
    path = write(root, "Later")
    next_year = datetime.datetime.now(datetime.UTC).year + 1
    path.write_text(path.read_text().replace("2026-01-02", f"{next_year}-01-02"))
    assert run_json(root, "once")["sources"][0]["new"] == 2
    assert ids(root).keys() == {"First"}
    # Nobody waits for next year; and five minutes are the least that counts as the future.
    soon = int((time.time() + 4) * 1_000_000)
    with contextlib.closing(sqlite3.connect(root / "data" / "aggregator.db")) as database:
        database.execute("UPDATE articles SET published = ? WHERE state = 'waiting'", [soon])
        database.commit()
    with daemon(root) as running:
        assert running.titles() == ["First"]
        until(lambda: running.titles() == ["Later", "First"])
        assert running.stop() == 0


def test_the_feed_of_troubles_is_for_whoever_knows_its_address(tmp_path: Path, web) -> None:
    feed = f"  - feed: {web.url}/missing.xml\n    name: Gone\n    every: 1s\n{NEAR}"
    root = site(tmp_path, CONFIG + feed, First="One.")
    with daemon(root) as running:
        until(lambda: running.health()["failing"] == 1)
        with contextlib.closing(sqlite3.connect(root / "data" / "aggregator.db")) as database:
            database.execute("UPDATE sources SET failures = 3 WHERE name = 'Gone'")
            database.commit()
        told = run_json(root, "status")["troubles"]
        path = told.partition("/status/")[2].removesuffix("rss.xml")
        atom = running.get(f"status/{path}atom.xml")
        assert "Gone: missing" in atom
        assert "Gone: missing" in running.get(f"status/{path}")
        assert path not in running.get("status") + running.get("") + running.get("feeds.opml")
        for wrong in ("x" * 22 + "/", path[:-2] + "/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                running.get(f"status/{wrong}atom.xml")
        assert running.stop() == 0
    with daemon(root) as running:
        assert run_json(root, "status")["troubles"].endswith(f"/status/{path}rss.xml")
        assert running.stop() == 0


def test_new_mail_is_taken_and_reading_it_is_no_event(tmp_path: Path) -> None:
    root = site(tmp_path, CONFIG, First="One.")
    for name in ("cur", "new", "tmp"):
        (root / "inbox" / name).mkdir()
    mail = "From: Ada <ada@example.org>\nSubject: Letter\nMessage-ID: <1@example.org>\n\nHello.\n"
    with daemon(root) as running:
        until(lambda: running.titles() == ["First"])
        (root / "inbox" / "tmp" / "1.host").write_text(mail)
        new = root / "inbox" / "new" / "1.host"
        (root / "inbox" / "tmp" / "1.host").rename(new)
        until(lambda: set(running.titles()) == {"First", "Letter"})
        before = (root / "feeds" / "feed.json").stat().st_mtime_ns
        new.rename(root / "inbox" / "cur" / "1.host:2,S")
        write(root, "Second")
        until(lambda: set(running.titles()) == {"First", "Letter", "Second"})
        assert len(running.titles()) == 3
        assert (root / "feeds" / "feed.json").stat().st_mtime_ns != before
        assert running.stop() == 0
