"""A real browser shows the pages, on a desk and on a phone."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

PAGES = ["index.html", "kitchen/index.html", "手艺/index.html", "الحي/index.html"]

# The pages themselves have no script; this one holds them in frames as wide as the screens and
# says how wide what is in them becomes.
PROBE = """<!doctype html><title>probe</title>{frames}<script>
addEventListener("load", () => {{
  document.title = [...document.querySelectorAll("iframe")].map(frame => {{
    const page = frame.contentDocument;
    const articles = page.querySelectorAll("article").length;
    return `${{frame.width}}:${{page.documentElement.scrollWidth}}:${{articles}}`;
  }}).join(" ");
}});
</script>"""


def dump(url: str, profile: Path) -> str:
    """Return the page as the browser has it after loading."""
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
        "--disable-background-networking --disable-component-update --virtual-time-budget=10000"
    )
    command = [str(CHROMIUM), *options.split(), f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(command, check=True, capture_output=True, timeout=90)
    return done.stdout.decode()


def test_pages_fit_every_screen_and_show_the_articles(
    site: tuple[str, Path], tmp_path: Path
) -> None:
    url, output = site
    article = next((output / "articles").glob("*.html")).name
    pages = [*PAGES, f"articles/{article}"]
    frames = [
        f'<iframe width="{width}" height="800" src="{quote(page)}"></iframe>'
        for page in pages
        for width in (320, 390, 1280)
    ]
    (output / "probe.html").write_text(PROBE.format(frames="".join(frames)), "utf-8")
    title = re.search(r"<title>([^<]*)</title>", dump(f"{url}probe.html", tmp_path))
    assert title is not None
    measured = [tuple(map(int, one.split(":"))) for one in title[1].split()]
    assert len(measured) == len(frames)
    assert [one for one in measured if one[1] > one[0]] == []
    assert all(articles > 0 for *_, articles in measured)
