"""What dynakit tells the service of itself, in the form that the AWS SDKs have in common.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html
"""

from __future__ import annotations

import re
import sys
from functools import cache

from dynakit import __version__

_UNUSUAL = re.compile(r"[^A-Za-z0-9!#$%&'*+\-.^_`|~]")


@cache
def user_agent(application: str | None = None) -> str:
    """The header's value: versions, the operating system, and the application's name if it has one.

    Each character that may not stand there becomes a ``-``; of the name, 50 characters are told.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    told = f"dynakit/{__version__} ua/2.1 os/{_UNUSUAL.sub('-', sys.platform)} lang/python#{python}"
    return f"{told} app/{_UNUSUAL.sub('-', application)[:50]}" if application else told
