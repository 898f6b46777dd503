"""What the service is told of who calls it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from botocore.session import Session

from dynakit import __version__, connect
from dynakit.transport.user_agent import user_agent
from tests.unit.support.faulty_server import FaultyServer, reply

PYTHON = ".".join(map(str, sys.version_info[:3]))


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A process without AWS settings but those that a test puts into this folder."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with closing(FaultyServer()) as running:
        running.answers = [reply(b"{}")]
        yield running


@pytest.mark.parametrize(
    ("application", "told"),
    [
        (None, ""),
        ("", ""),
        ("shop", " app/shop"),
        ("my shop/1 ☃", " app/my-shop-1--"),
        ("a\r\nX-Evil: b", " app/a--X-Evil--b"),
        ("!#$%&'*+-.^_`|~09azAZ", " app/!#$%&'*+-.^_`|~09azAZ"),
        ("x" * 51, f" app/{'x' * 50}"),
    ],
)
def test_it_has_the_form_of_the_aws_sdks(application: str | None, told: str) -> None:
    expected = f"dynakit/{__version__} ua/2.1 os/{sys.platform} lang/python#{PYTHON}{told}"
    assert user_agent(application) == expected
    assert re.fullmatch(r"[!-~]+( [!-~]+)*", expected)


def told_to(server: FaultyServer, session: Session | None = None) -> str:
    with connect(server.url, session=session) as db:
        db.call("ListTables", {})
    return server.requests[-1][0]["user-agent"]


def test_the_variable_comes_before_the_profile(
    server: FaultyServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told_to(server) == user_agent()
    (folder / "config").write_text(
        "[default]\nsdk_ua_app_id = of-default\n[profile p]\nsdk_ua_app_id = of-p\n"
    )
    assert told_to(server) == user_agent("of-default")
    assert told_to(server, session=Session(profile="p")) == user_agent("of-p")
    monkeypatch.setenv("AWS_PROFILE", "p")
    assert told_to(server) == user_agent("of-p")
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", "of the variable")
    assert told_to(server) == user_agent("of-the-variable")
    assert told_to(server, session=Session()) == user_agent("of-the-variable")


def test_no_profile_is_read_for_the_name_alone(folder: Path) -> None:
    """A broken file would stop a connection that needs nothing of it."""
    (folder / "config").write_text("this is no configuration")
    connect("http://127.0.0.1:9", region="eu-west-1").close()


def test_the_name_is_taken_from_the_variable_without_botocore(server: FaultyServer, folder: Path) -> None:
    program = (
        f"from dynakit import connect; connect({server.url!r}).call('ListTables', {{}})\n"
        "import sys; assert 'botocore' not in sys.modules"
    )
    variables = {**os.environ, "HOME": str(folder), "AWS_SDK_UA_APP_ID": "shop"}
    subprocess.run([sys.executable, "-c", program], env=variables, check=True)
    assert server.requests[-1][0]["user-agent"] == user_agent("shop")
