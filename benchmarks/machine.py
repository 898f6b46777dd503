"""The machine and the versions that figures belong to."""

from __future__ import annotations

import os
import platform
import resource
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "dynakit", "pydantic", "msgspec", "boto3", "botocore", "pynamodb", "pydynox", "dynamoxy", "aiodynamo",
    "aiohttp", "aiobotocore",
)  # fmt: skip


def described(command: str) -> dict[str, Any]:
    """Processor, cores, system, Python, versions, the moment and the command."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": dict(versions(PACKAGES)),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": command,
    }


def processor() -> str:
    """The name of the processor as Linux tells it, elsewhere what Python knows."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions(packages: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The versions of those that are installed."""
    for package in packages:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue


def peak_memory() -> float:
    """The most memory this process has had resident, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells on Linux begins with the peak of the process that started this one.
        line = next(one for one in status.read_text(encoding="utf-8").splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)


def told(text: str) -> None:
    """Say on standard error what is being measured: a run takes minutes."""
    print(text, file=sys.stderr, flush=True)
