"""One table as it was declared, and as it is now: for commands in processes of their own."""

from __future__ import annotations

from dynakit import Index, Table

BEFORE = Table("crate", pk="id", indexes=[Index("byKind", pk="kind")])
AFTER = Table("crate", pk="id", indexes=[Index("byNote", pk="note"), Index("byAge", pk="age", sk="id")])
ANOTHER_KEY = Table("crate", pk="other")
