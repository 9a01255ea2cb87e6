"""What is to be done: small values that any engine can run, here or elsewhere, once or twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.output import Output, Written, choices, publish
from aggregator.pings import Teller, tell
from aggregator.scan import Context, Errand, Report, scan
from aggregator.sources import Source


@dataclass(frozen=True, slots=True)
class Scan:
    """Visit a source; ``only`` some of its files when file events say so.

    ``forced``: a person asks, even for what is not due; ``pushed`` is what a hub delivered.
    """

    source: str
    only: tuple[str, ...] = ()
    forced: bool = False
    pushed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    """Write the feeds that are stale."""


@dataclass(frozen=True, slots=True)
class Prune:
    """Forget articles that are older than the configuration keeps."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the hub which feeds changed."""


Job = Scan | Publish | Prune | Tell


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that jobs work on, built from one configuration. ``keep`` is None to keep for ever.

    ``callbacks`` is where hubs reach this program, "" when they cannot.
    """

    context: Context
    output: Output
    sources: Mapping[str, Source]
    keep: timedelta | None = None
    callbacks: str = ""


async def perform(job: Job, world: World) -> Report | list[Written] | int | datetime | None:
    """Do a job.

    Returns a scan's Report, the feeds written, how many articles were pruned, or when the hub is
    to be told again, None when it knows everything.
    """
    context = world.context
    match job:
        case Scan(name, only, forced, pushed):
            errand = Errand(only=frozenset(only), forced=forced, pushed=pushed)
            return await scan(world.sources[name], context, errand)
        case Publish():
            now = context.now()
            await context.store.release(now)
            return await publish(context.store, world.output, context.compute, now)
        case Prune():
            await context.store.tidy(context.now() - context.duplicates.window)
            if world.keep is None:
                return 0
            shown = await choices(context.store, world.output)
            return await context.store.prune(context.now() - world.keep, world.output.limit, shown)
        case Tell():
            hub = world.output.site.hub
            if not hub:
                return None
            return await tell(Teller(store=context.store, client=context.client, hub=hub))
