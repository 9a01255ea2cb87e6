"""A daemon with every sort of server: what the log of the servers must show, counted, not timed."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from program import daemon, site, until

COUNT, EVERY, VISITS = 60, 1, 2
PATIENCE = 60.0

# Answers that last longer than this test does, or take as much work as all others together; and
# those after which a host is left alone for so long.
WITHOUT = frozenset(("silent", "drips", "huge"))
RESTING = ("429", "503")
OFTEN = ("etag", "dated", "same", "changing")


def test_sixty_sources_that_answer_in_every_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    import soak_rules  # noqa: PLC0415
    import soak_web  # noqa: PLC0415

    spots = soak_web.plan(COUNT, WITHOUT)
    resting = {spot.host for spot in spots if spot.kind in RESTING}
    # What a source is asked for again and again; others are due in minutes.
    quick = {spot.number: spot for spot in spots if spot.host not in resting}
    often = {n for n, spot in quick.items() if spot.kind in OFTEN and not spot.delay}
    with soak_web.serving(spots, tmp_path / "web.log") as port:
        root = site(tmp_path / "site", soak_web.configuration(spots, port, EVERY))

        def visited(times: int) -> set[int]:
            log = soak_web.requests(tmp_path / "web.log")
            counts = Counter(one.number for one in log)
            return {number for number, count in counts.items() if count >= times}

        with daemon(root) as running:
            until(lambda: all(_words(root).get(number) for number in quick), PATIENCE)
            until(lambda: often <= visited(VISITS), PATIENCE)
            assert "Traceback" not in running.logged()
            assert running.stop() == 0
        log = soak_web.requests(tmp_path / "web.log")
    found = [said for said in soak_rules.broken(spots, log, []) if not said.startswith("every")]
    assert found == []
    words = _words(root)
    for number, spot in quick.items():
        assert (spot.path, words[number]) == (spot.path, WORDS.get(spot.kind, words[number]))


# What the store calls a source by the kind of its answers, where that is not a matter of time.
WORDS = {
    "etag": "ok",
    "dated": "ok",
    "page": "ok",
    "sitemap": "ok",
    "chain": "moved",
    "404": "missing",
    "410": "gone",
    "403": "blocked",
    "500": "unreachable",
    "cut": "unreachable",
    "reset": "unreachable",
    "loop": "unreachable",
    "malformed": "malformed",
    "empty": "empty",
    "forbidden": "refused",
}


def _words(root: Path) -> dict[int, str]:
    """Return what the store calls the sources."""
    with closing(sqlite3.connect(root / "data" / "aggregator.db")) as database:
        rows = database.execute("SELECT target, health FROM sources WHERE active").fetchall()
    return {int(target.rsplit("/", 1)[1]): health for target, health in rows}
