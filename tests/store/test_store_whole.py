"""The whole program on every database: the same files in, the same bytes out."""

from pathlib import Path

from place import Place


def _work(root: Path, store: str) -> dict[str, bytes]:
    place = Place(root, store=store)
    place.sources = {
        "Inbox": {"directory": "inbox", "on_delete": "retract"},
        "More": {"directory": "more"},
    }
    (root / "more").mkdir(parents=True)
    for n in range(30):
        names = [["C", "C++", "Ärger", "é", "中文", "ß"][n % 6], "All"]
        date = "2024-05-01" if n % 2 else f"2024-04-{n + 1:02}"
        place.post(f"{n}.md", f"Post {n}", categories=names, date=date)
    place.once()
    (root / "inbox/3.md").unlink()
    (root / "inbox/4.md").rename(root / "more/4.md")
    place.post("5.md", "Post 5", "Edited.", categories=["All"], date="2024-05-01")
    place.once()
    return {name: body for name, (body, _, _) in place.files().items()}


def test_every_database_gives_the_same_bytes(store_url: str, tmp_path: Path) -> None:
    made = _work(tmp_path / "a", store_url)
    assert len(made) > 30
    if store_url.startswith("postgresql"):
        assert made == _work(tmp_path / "b", "sqlite:///store.db")
