"""The aggregator as the benchmarks run it: a command, a daemon, or a world in this process."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any

from aggregator.app import App, enter, open_app
from aggregator.config import Loaded, load
from aggregator.jobs import Job, World, perform

CONFIG = "aggregator.yaml"


def command(name: str, *arguments: str) -> list[str]:
    """Return what runs a command of the program, in a folder with a configuration."""
    return [sys.executable, "-m", "aggregator", name, *arguments, "-c", CONFIG]


@contextmanager
def daemon(folder: Path) -> Iterator[int]:
    """Run a daemon until the block ends; yield its process number once it says that it is there.

    What it logs comes to be in ``daemon.log``.
    """
    log = folder / "daemon.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command("run"), cwd=folder, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        try:
            assert process.stdout
            if b"http://" not in process.stdout.readline():
                raise RuntimeError(log.read_text("utf-8"))
            yield process.pid
        finally:
            process.terminate()
            process.wait()


@contextmanager
def world(folder: Path) -> Iterator[Callable[[Job], Any]]:
    """Open what the folder's configuration names, in this process; yield what does jobs there."""
    loaded = load(folder / CONFIG)
    with asyncio.Runner() as loop:
        app = open_app(loaded)
        opened = loop.run(_entered(loaded, app))
        try:
            yield lambda job: loop.run(perform(job, opened))
        finally:
            loop.run(app.__aexit__(None, None, None))


async def _entered(loaded: Loaded, app: AbstractAsyncContextManager[App]) -> World:
    return await enter(loaded, await app.__aenter__())
