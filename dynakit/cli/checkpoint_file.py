"""Checkpoints beside a file: how far a command came, so that the same command goes on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeAlias, cast

from dynakit.errors import DynakitError
from dynakit.foreign_json import json_value

Document: TypeAlias = dict[str, Any]
"""What a command knows of how far it came, and what it is bound to under ``of``."""


class CheckpointFile:
    """The checkpoint of one command on a file. It shows keys of items, so only its owner may read it.

    Each method raises :class:`DynakitError` for what the file system refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, bound: list[object]) -> Document | None:
        """What was written last; ``None`` for nothing.

        Raises :class:`DynakitError` where it is of a command with other options.
        """
        try:
            document: object = json_value(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _refused(self.path, error) from None
        except ValueError:
            document = None
        if isinstance(document, dict) and cast("Document", document).get("of") == bound:
            return cast("Document", document)
        raise DynakitError(
            f"{self.path}: it is the checkpoint of another run. Give the options of that run to go on, or "
            "remove this file to begin anew."
        )

    def write(self, bound: list[object], document: Document) -> None:
        """Put a new checkpoint in place of the last; at each moment one of both is there, whole."""
        new = self.path.with_name(f"{self.path.name}.new")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump({"of": bound, **document}, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            raise _refused(self.path, error) from None

    def remove(self) -> None:
        """Take it away: the command is done."""
        self.path.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> DynakitError:
    return DynakitError(f"{path}: {error.strerror}; the checkpoint is kept there. Allow it, or use a pipe.")
