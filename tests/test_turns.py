"""Whose turn it is: by server, in the order of coming, and so many at once."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.sources import KINDS, Source
from aggregator.turns import Turns


def source(target: str, kind: str = "feed") -> Source:
    settings = KINDS[kind][0].model_validate({kind: target})
    return Source(name=target, settings=settings, zone="UTC")


@dataclass
class Seen:
    """Who had a turn, in order, and the most that had one at once, in all and by group."""

    order: list[str] = field(default_factory=list)
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    @contextlib.contextmanager
    def counted(self, name: str, *groups: str):  # type: ignore[no-untyped-def]
        self.order.append(name)
        for group in ("all", *groups):
            self.now[group] += 1
            self.most[group] = max(self.most[group], self.now[group])
        try:
            yield
        finally:
            for group in ("all", *groups):
                self.now[group] -= 1


def visit_all(
    sources: list[Source], group: Callable[[Source], str], turns: Callable[[], Turns] = Turns
) -> Seen:
    """Visit all sources at once, each for some steps of the loop."""
    seen = Seen()

    async def work() -> None:
        gate = turns()

        async def visit(one: Source) -> None:
            async with gate.turn(one):
                with seen.counted(one.name, group(one)):
                    for _ in range(3):
                        await asyncio.sleep(0)

        async with asyncio.TaskGroup() as tasks:
            for one in sources:
                tasks.create_task(visit(one))

    asyncio.run(work())
    return seen


SAME = [
    ("https://a.example/1", "http://A.example:8080/2", True),
    ("https://a.example/1", "https://user.a.example/1", False),
    ("https://127.0.0.1/1", "https://127.0.0.1:99/1", True),
    ("https://[::1]/1", "https://[::1]:99/1", True),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_a_server_is_a_host_whatever_the_port(one: str, other: str, same: bool) -> None:
    seen = visit_all([source(one), source(other, "page")], lambda _: "both")
    assert seen.most["both"] == (1 if same else 2)


@given(st.lists(st.integers(0, 5), max_size=40))
def test_one_at_a_time_in_the_order_of_coming_and_nobody_is_left_out(hosts: list[int]) -> None:
    sources = [source(f"https://h{host}.example/{n}") for n, host in enumerate(hosts)]
    seen = visit_all(sources, lambda one: one.settings.target.split("/")[2])
    assert sorted(seen.order) == sorted(one.name for one in sources)
    for host in {*hosts}:
        mine = [one.name for one in sources if f"//h{host}." in one.name]
        assert [name for name in seen.order if name in mine] == mine
        assert seen.most[f"h{host}.example"] == 1


def test_so_many_servers_at_once_and_folders_apart() -> None:
    servers = [source(f"https://h{n}.example/") for n in range(100)]
    folders = [source(f"inbox{n}", "directory") for n in range(10)]
    seen = visit_all([*servers, *folders], lambda one: one.settings.kind)
    assert (seen.most["feed"], seen.most["directory"], seen.most["all"]) == (64, 2, 66)
    assert visit_all(folders, lambda _: "", lambda: Turns(local=5)).most["all"] == 5


def test_who_waits_for_a_busy_server_takes_no_place_from_others() -> None:
    # A hundred of one server, then one of another: it is among the first.
    sources = [source(f"https://busy.example/{n}") for n in range(100)]
    seen = visit_all([*sources, source("https://free.example/")], lambda _: "")
    assert seen.order.index("https://free.example/") <= 2


@pytest.mark.parametrize("command", ["curl https://e.org/f", "//[odd", "http://[::1 x"])
def test_commands_have_turns_of_their_own(command: str) -> None:
    same = source(command, "command")
    assert visit_all([same, same], lambda _: "").most["all"] == 1


def run(work: Callable[[Turns], Coroutine[None, None, None]]) -> None:
    async def begin() -> None:
        async with asyncio.timeout(5):
            await work(Turns())

    asyncio.run(begin())


def test_who_gives_up_or_fails_lets_the_next_one_in() -> None:
    one = source("https://a.example/")

    async def work(turns: Turns) -> None:
        async def wait() -> None:
            async with turns.turn(one):
                await asyncio.sleep(60)

        tasks = [asyncio.create_task(wait()) for _ in range(3)]
        await asyncio.sleep(0.01)
        for task in (tasks[1], tasks[0], tasks[2]):  # one waits, one has the turn
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with pytest.raises(ZeroDivisionError):
            async with turns.turn(one):
                raise ZeroDivisionError
        async with turns.turn(one):
            pass

    run(work)


def test_who_is_called_and_gives_up_at_that_moment_lets_the_next_one_in() -> None:
    one = source("https://a.example/")

    async def work(turns: Turns) -> None:
        async def visit() -> None:
            async with turns.turn(one):
                await asyncio.sleep(0)

        async with turns.turn(one):
            waiting = [asyncio.create_task(visit()) for _ in range(3)]
            await asyncio.sleep(0)
        waiting[0].cancel()  # it was called and has not woken yet
        await asyncio.gather(*waiting, return_exceptions=True)
        assert [task.cancelled() for task in waiting] == [True, False, False]
        assert not turns._visited

    run(work)


def test_the_sources_of_a_large_server_wait_no_longer_than_others() -> None:
    large = [source(f"https://large.example/{n}") for n in range(4)]
    others = [source(f"https://h{n}.example/") for n in range(400)]
    seen = visit_all([*large, *others], lambda _: "")
    for number, one in enumerate(large):
        # As soon as the one before has gone, not behind all that have come since.
        assert seen.order.index(one.name) <= 64 * (number + 1)


def test_servers_are_forgotten() -> None:
    async def work(turns: Turns) -> None:
        for n in range(1000):
            async with turns.turn(source(f"https://h{n}.example/")):
                pass
        assert not turns._visited
        assert not turns._waiting

    run(work)


_MANY = 20_000


def test_ever_so_many_sources_of_one_server_get_in_line_at_once() -> None:
    async def work() -> float:
        gate = Turns()

        async def visit() -> None:
            async with gate.turn(one):
                await asyncio.sleep(60)

        one = source("https://videos.example/f")
        began = time.process_time()
        tasks = [asyncio.create_task(visit()) for _ in range(_MANY)]
        await asyncio.sleep(0)
        took = time.process_time() - began
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return took

    # Seconds of the processor. It takes 0.4 to 2; 8 if each looks at all that came before it.
    assert asyncio.run(work()) < 5
