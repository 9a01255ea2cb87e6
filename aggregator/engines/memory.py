"""Memory goes back to the system when it is free, rather than stay with glibc."""

import contextlib
import ctypes

# <malloc.h>
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Bytes: larger pieces are mapped one by one, and unmapped when they are free. Left to itself glibc
# raises this to 32 MB as soon as such a piece is freed. With 64 kB 10 MB less are taken of 390, and
# a tenth more of the processor, which has to clear each piece anew.
_LARGE = 1_048_576


def thrifty() -> None:
    """Have glibc keep one arena for all threads and no large pieces; elsewhere do nothing.

    Most threads here wait for each other anyway. Measured, publishing 10,000 posts from nothing
    takes 390 MB and not 440, and no more of the processor.
    """
    with contextlib.suppress(OSError, AttributeError):
        set_to = ctypes.CDLL(None).mallopt
        set_to(_ARENA_MAX, 1)
        set_to(_MMAP_THRESHOLD, _LARGE)
        set_to(_TRIM_THRESHOLD, 2 * _LARGE)
