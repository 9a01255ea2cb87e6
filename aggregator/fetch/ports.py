"""Which ports may be connected to: not those where another service than a web server listens."""

# Where a web server may listen without being asked about it: 80, 443, and what users may open.
_WEB = frozenset((80, 443))
_USERS = range(1024, 65_536)

# The Fetch standard's bad ports ("port blocking"): services that could be made to take a request
# for commands. No browser asks there.
_BAD = frozenset(
    (
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161),
        *(179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563),
        *(587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060),
        *(5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    )
)
# Databases, queues, caches, remote desktops and the hands of clusters, by IANA's registry and their
# own defaults. Some of them speak HTTP, and do what they are told.
_SERVICES = frozenset(
    (
        *(1433, 1434, 1521, 3050, 3306, 5432, 5433, 5984, 6379, 6380, 7687, 8529, 9042, 9160),
        *(9200, 9300, 11211, 26257, 27017, 27018, 27019, 28015, 28017, 33060, 50000),
        *(1883, 4222, 5671, 5672, 8883, 9092, 15672, 25672, 61613, 61616),
        *(2181, 2375, 2376, 2377, 2379, 2380, 4369, 6443, 8500, 10250, 10255),
        *(3389, 5985, 5986, *range(5900, 5911), *range(6001, 6064)),
    )
)


def is_allowed(port: int, *, private: bool) -> bool:
    """Tell whether a TCP port may be connected to; ``private``: on machines of one's own too."""
    if port in _BAD or port > _USERS[-1]:
        return False
    return private or port in _WEB or (port in _USERS and port not in _SERVICES)
