"""The one error of this package."""

from __future__ import annotations

from dynakit.errors import DynakitError


class LocalServerError(DynakitError):
    """DynamoDB Local cannot be fetched, verified, unpacked or started on this machine."""
