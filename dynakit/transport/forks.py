"""Locks that are held for long, and processes that fork."""

from __future__ import annotations

import os
import threading


def lock_over_forks() -> threading.RLock:
    """A lock for as long as the process lives, which a forked child never finds held by a thread it has not.

    A fork waits until the lock is free, so that the child finds what it guards as a whole, too.
    """
    lock = threading.RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock
