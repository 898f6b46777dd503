"""dynakit: a toolkit for backends on one DynamoDB table.

The public names are loaded on first use, so that a part costs only what it needs.
"""

from __future__ import annotations

__version__ = "0.1.0"
