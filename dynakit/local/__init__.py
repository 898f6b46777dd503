"""DynamoDB Local: installed, started, stopped.

::

    with DynamoDBLocal.start() as local:
        db = connect(local.endpoint)

It needs Java 17 or newer, and npm for the first use; :func:`requirements_missing` tells what is not there.
"""

from __future__ import annotations

from dynakit.local.errors import LocalServerError
from dynakit.local.package import install
from dynakit.local.server import DynamoDBLocal, requirements_missing

__all__ = ["DynamoDBLocal", "LocalServerError", "install", "requirements_missing"]
