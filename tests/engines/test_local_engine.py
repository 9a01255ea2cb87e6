"""The local engine: the same answers wherever, and one bad item costs one item."""

import asyncio
import os
import struct
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aggregator.engines import LocalEngine, open_engine
from aggregator.errors import AggregatorError


def double(number: int) -> int:
    return number * 2


def where(_: int) -> int:
    return os.getpid()


def die_at(number: int, bad: frozenset[int]) -> int:
    if number in bad:
        os._exit(9)
    return number


def hang_at(number: int, bad: int) -> int:
    if number == bad:
        time.sleep(60)
    return number


def half_an_answer(number: int) -> int:
    """Die as one does that is killed in the midst of sending: the length is there, the rest not."""
    frame: Any = sys._getframe()
    while "result_queue" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["result_queue"]._writer._send(struct.pack("!i", 1000) + b"half")
    os._exit(9)


def refuse(number: int) -> int:
    raise ValueError(number)


def run(work: Any, patience: float = 60) -> Any:
    async def inside() -> Any:
        async with open_engine(patience) as engine:
            return await work(engine)

    return asyncio.run(inside())


@pytest.mark.parametrize("count", [0, 1, 5, 100])
def test_answers_in_order(count: int) -> None:
    items = list(range(count))
    assert run(lambda engine: engine.compute(double, items)) == [n * 2 for n in items]


def test_few_items_stay_here_and_many_go_to_other_processes() -> None:
    async def work(engine: LocalEngine) -> None:
        assert set(await engine.compute(where, [1, 2])) == {os.getpid()}
        assert os.getpid() not in await engine.compute(where, range(50))
        assert os.getpid() not in await engine.compute(where, [1])

    run(work)


def test_one_that_ends_its_process_costs_only_itself() -> None:
    """Also of the batches beside it, which lose their process as well."""
    task = partial(die_at, bad=frozenset({17, 42, 117}))

    async def work(engine: LocalEngine) -> list[list[Any]]:
        parts = [range(n, n + 20) for n in range(0, 140, 20)]
        done = await asyncio.gather(*(engine.compute(task, part) for part in parts))
        assert await engine.compute(double, range(50)) == [n * 2 for n in range(50)]
        return done

    flat = [item for part in run(work) for item in part]
    assert [n for n, item in enumerate(flat) if isinstance(item, AggregatorError)] == [17, 42, 117]
    assert [item for item in flat if not isinstance(item, AggregatorError)] == [
        n for n in range(140) if n not in {17, 42, 117}
    ]


def test_one_that_does_not_end_costs_only_itself() -> None:
    task, items = partial(hang_at, bad=7), list(range(20))
    done = run(lambda engine: engine.compute(task, items), patience=1.5)
    assert [n for n, item in enumerate(done) if isinstance(item, AggregatorError)] == [7]


NO_WORKERS = """
import multiprocessing, sys
if multiprocessing.parent_process():
    sys.exit(3)
import asyncio
from aggregator.engines import open_engine
from aggregator.errors import AggregatorError

async def work():
    async with open_engine() as engine:
        try:
            await engine.compute(abs, range(500))
        except AggregatorError as error:
            print(error)

asyncio.run(work())
"""


def test_no_item_is_blamed_where_processes_cannot_be_had(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(NO_WORKERS, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, tmp_path / "main.py"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert ended.stdout == "worker processes cannot be started, or end at once\n"


def test_half_an_answer_keeps_nobody_waiting() -> None:
    async def work(engine: LocalEngine) -> list[Any]:
        return await engine.compute(half_an_answer, [1]) + await engine.compute(double, range(20))

    before = set(threading.enumerate())
    lost, *others = run(lambda engine: _with_a_pool(engine, work), patience=0.5)
    assert isinstance(lost, AggregatorError)
    assert others == [double(number) for number in range(20)]
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
        assert not thread.is_alive(), thread


async def _with_a_pool(engine: LocalEngine, work: Any) -> Any:
    await engine.compute(double, range(20))
    return await work(engine)


def test_an_exception_comes_through() -> None:
    with pytest.raises(ValueError, match="3"):
        run(lambda engine: engine.compute(refuse, [3] * 20))


def test_nothing_is_left_behind() -> None:
    async def work(engine: LocalEngine) -> list[int]:
        return list(await engine.compute(where, range(50)))

    pids = set(run(work))
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


PARENT = """
import asyncio, os, signal
from aggregator.engines import open_engine

async def main():
    async with open_engine() as engine:
        found = await engine.compute(os.path.basename, ["a/b"] * 50)
        workers = [str(pid) for pid in engine._pool._processes]
        print(*workers, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    # Through a file: the pipe of a worker that lived on would keep the test waiting.
    with (tmp_path / "workers").open("w") as said:
        subprocess.run([sys.executable, "parent.py"], cwd=tmp_path, stdout=said, check=False)
    workers = [int(pid) for pid in (tmp_path / "workers").read_text().split()]
    assert workers
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
