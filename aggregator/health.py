"""How a source is: well, or what ails it and what a person can do about that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.sources.memory import Memory

# A source is called quiet after this, and after so many times the usual pause between two of its
# articles.
_QUIET, _QUIET_TIMES = timedelta(days=60), 10

ADVICE = {
    "gone": "the server says that it is gone for good, so it is not asked any more; remove it, or "
    "try it once with: aggregator once NAME",
    "missing": "there is nothing at its address; look where it has moved to",
    "blocked": "the server does not let this program in; a longer interval, headers or auth may "
    "help",
    "certificate": "its server cannot show who it is; nothing is read from it until that is mended",
    "unreachable": "it is tried again, less and less often",
    "refused": "it is not asked for; if it is in your own network, set allow_private",
    "malformed": "what it sends cannot be read",
    "selector": "the page may have changed; look at it, and give or mend its selectors",
    "moved": "write the new address into the configuration",
    "empty": "it lists nothing",
    "quiet": "it has had nothing new for long; has it moved, or ended?",
    "held": "what feeds show of it stays as it is until you let this through with: aggregator "
    "release NAME",
}


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is: "ok" or one of ADVICE, and the words for it."""

    kind: str = "ok"
    text: str = ""


def healthy(memory: Memory, now: datetime) -> Health:
    """Return how a source is whose visit did not fail."""
    if memory.moved:
        since = f" since {memory.moved_since:%Y-%m-%d}" if memory.moved_since else ""
        return Health("moved", f"it leads to {memory.moved} for good{since}")
    if memory.entries == 0:
        return Health("empty", "it lists no article")
    silence = now - memory.newest if memory.newest else timedelta()
    if silence > max(_QUIET, _QUIET_TIMES * timedelta(seconds=memory.rhythm)):
        return Health("quiet", f"its newest article is of {memory.newest:%Y-%m-%d}")
    return Health("ok", f"its feed is {memory.url}, {memory.why}" if memory.url else "")
