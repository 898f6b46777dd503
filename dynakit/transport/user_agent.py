"""What dynakit tells the service of itself, in the form that the AWS SDKs have in common.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache

from dynakit import __version__

_UNUSUAL = re.compile(r"[^A-Za-z0-9!$%&'*+\-.^_`|~]")


@cache
def user_agent() -> str:
    """The header's value: versions, the operating system, and the application named by AWS_SDK_UA_APP_ID.

    Made once; each character that may not stand there is a ``-``, and the application has 50 at most.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    application = _UNUSUAL.sub("-", os.environ.get("AWS_SDK_UA_APP_ID", ""))[:50]
    told = f"dynakit/{__version__} ua/2.1 os/{_UNUSUAL.sub('-', sys.platform)} lang/python#{python}"
    return f"{told} app/{application}" if application else told
