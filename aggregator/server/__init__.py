"""What readers and browsers see: the published files, and how the program is doing."""

from aggregator.server.app import build, health_route
from aggregator.server.hubs import hubs_route
from aggregator.server.listen import Served, serve
from aggregator.server.private import troubles_route
from aggregator.server.status import Check, Health, Report, Status

__all__ = [
    "Check",
    "Health",
    "Report",
    "Served",
    "Status",
    "build",
    "health_route",
    "hubs_route",
    "serve",
    "troubles_route",
]
