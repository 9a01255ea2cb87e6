"""The same story from several sources: which articles are worth comparing, and whether they are it.

Pure functions. ``sketch`` gives the keys by which a store finds the few that are worth comparing,
``compare`` does the exact work on two. docs/near-duplicates.md has the rules and their figures.
"""

from aggregator.near.compare import Story, Verdict, compare
from aggregator.near.sketch import sketch

__all__ = ["Story", "Verdict", "compare", "sketch"]
