"""Where and when jobs run."""

from aggregator.engines.local import LocalEngine, open_engine

__all__ = ["LocalEngine", "open_engine"]
