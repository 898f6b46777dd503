"""``dynakit doctor``: each check, what it finds and what to do."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from dynakit import Index, Provisioned, Table, connect
from schemas.backend import posts, users
from tests.unit.cli.commands import Left, dynakit

TARGET = "schemas.backend:users"
KEY_DIFFERS = (
    "it is not as declared: ! its key is id (S, HASH); declared is id (S, HASH) and username (S, RANGE). "
    "DynamoDB changes this on no table: declare a table of another name, copy the items into it, and move "
    "the callers, and 2 more. See: dynakit table diff schemas.backend:users"
)
INDEX_MISSING = (
    "it is not as declared: + index 'cpfTesteIndex' is created. See: dynakit table diff schemas.backend:users"
)
INDEX_DIFFERS = (
    "it is not as declared: - index 'cpfTesteIndex' is deleted, to be made as declared; readers of it fail "
    "until it is filled again; one of another name beside it avoids that, and 1 more. See: dynakit table "
    "diff schemas.backend:users"
)
SECRET = "wJalrXUtnFEMI"


@contextmanager
def server(refusals: dict[str, str], *, ahead: timedelta = timedelta()) -> Generator[str]:
    """A server that refuses actions with these codes, and whose clock is ahead; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200, {})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            code = refusals.get(self.headers["x-amz-target"].rpartition(".")[2])
            self.answer(200 if code is None else 400, {} if code is None else {"__type": f"x#{code}"})

        def answer(self, status: int, document: dict[str, str]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(datetime.now(UTC) + ahead, usegmt=True)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{made.server_port}"
        finally:
            made.shutdown()
            thread.join()


def doctor(*arguments: str) -> Left:
    return dynakit("doctor", *arguments)


def found(left: Left) -> dict[str, tuple[bool, str]]:
    return {one["check"]: (one["good"], one["found"]) for one in left.data}


def test_a_line_a_check_says_that_all_is_well() -> None:
    endpoint = f"memory://{uuid4().hex}"
    with connect(endpoint) as db:
        db.tables.create(users)
        db.tables.create(posts)
    left = doctor("schemas.backend", "--endpoint", endpoint)
    assert (left.code, left.err) == (0, "")
    assert left.out.splitlines() == [
        "ok    access                 the credentials are accepted",
        "ok    table BackendUsersDev  active, as declared",
        "ok    table BackendPostsDev  active, as declared",
    ]


def test_a_table_that_is_not_there_is_told_with_what_to_do() -> None:
    left = doctor(TARGET, "--endpoint", "memory://", "--output", "json")
    assert left.code == 1
    advice = f"Create it: dynakit table create {TARGET} --endpoint memory://"
    told = f"it is not there, in this region and account. {advice}"
    assert found(left)["table BackendUsersDev"] == (False, told)


def test_findings_are_the_same_in_json_and_yaml() -> None:
    as_json, as_yaml = (
        doctor(TARGET, "--endpoint", "memory://", "--output", form) for form in ("json", "yaml")
    )
    assert yaml.safe_load(as_yaml.out) == as_json.data


def test_what_is_advised_is_for_the_same_place_and_stage(tmp_path: Path) -> None:
    (tmp_path / "staged_schema.py").write_text(
        "from dynakit import Stage, Table\n\n"
        "shop = Table('shop', pk='PK', stages=[Stage('dev', table_name='shop-dev')])\n"
    )
    target = f"{tmp_path}/staged_schema.py"
    left = doctor(target, "--endpoint", "memory://", "--stage", "dev", "--output", "json")
    assert found(left)["table shop-dev"][1].endswith(
        f"Create it: dynakit table create {target} --endpoint memory:// --stage dev"
    )


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (
            Table("BackendUsersDev", pk="id"),
            KEY_DIFFERS,
        ),
        (
            Table("BackendUsersDev", pk="id", sk="username", capacity=Provisioned(1, 1)),
            INDEX_MISSING,
        ),
        (
            Table(
                "BackendUsersDev",
                pk="id",
                sk="username",
                indexes=[Index("cpfTesteIndex", pk="email")],
                capacity=Provisioned(1, 1),
            ),
            INDEX_DIFFERS,
        ),
    ],
    ids=["key", "no index", "other index"],
)
def test_a_table_that_is_not_as_declared_is_told(there: Table, told: str) -> None:
    endpoint = f"memory://{uuid4().hex}"
    with connect(endpoint) as db:
        db.tables.create(there)
    left = doctor(TARGET, "--endpoint", endpoint, "--output", "json")
    assert (left.code, found(left)["table BackendUsersDev"]) == (1, (False, f"{told} --endpoint {endpoint}"))


def test_a_server_is_asked_for_its_clock_and_whether_it_knows_the_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SECRET)
    with server({}) as endpoint:
        left = doctor("--endpoint", endpoint, "--region", "eu-west-1", "--output", "json")
    assert (left.code, SECRET in left.out) == (0, False)
    assert found(left) == {
        "region": (True, "eu-west-1"),
        "endpoint": (True, endpoint),
        "clock": (True, "right"),
        "credentials": (True, "temporary, access key …MPLE"),
        "access": (True, "the credentials are accepted"),
    }


@pytest.mark.parametrize(
    ("minutes", "good", "told"),
    [
        (10, False, "600 s behind the server's; signatures are refused. Set it by NTP."),
        (-10, False, "600 s ahead of the server's; signatures are refused. Set it by NTP."),
        (1, True, "60 s behind the server's"),
    ],
)
def test_a_clock_that_is_wrong_is_told_and_the_rest_is_checked(minutes: int, good: bool, told: str) -> None:
    with server({}, ahead=timedelta(minutes=minutes)) as endpoint:
        checks = found(doctor("--endpoint", endpoint, "--output", "json"))
    was_good, said = checks["clock"]
    assert was_good == good
    assert abs(int(said.split()[0]) - int(told.split(maxsplit=1)[0])) <= 2
    assert said.split()[1:] == told.split()[1:]
    assert checks["access"][0]


@pytest.mark.parametrize(
    ("refusals", "access", "table"),
    [
        (
            {"ListTables": "AccessDeniedException"},
            (True, "the credentials are known; they may not list tables"),
            True,
        ),
        ({"ListTables": "UnrecognizedClientException"}, (False, "UnrecognizedClientException"), True),
        ({"ListTables": "ExpiredTokenException"}, (False, "ExpiredTokenException"), True),
        ({"DescribeTable": "AccessDeniedException"}, (True, "the credentials are accepted"), False),
    ],
)
def test_credentials_that_are_unknown_are_told_from_those_that_may_not(
    refusals: dict[str, str], access: tuple[bool, str], table: bool
) -> None:
    with server({"DescribeTable": "ResourceNotFoundException"} | refusals) as endpoint:
        checks = found(doctor(TARGET, "--endpoint", endpoint, "--output", "json"))
    good, told = checks["access"]
    assert good == access[0]
    assert access[1] in told
    told = checks["table BackendUsersDev"][1]
    assert told.startswith("it is not there") == table


def test_a_server_that_is_not_there_ends_the_checks() -> None:
    with server({}) as endpoint:
        pass
    left = doctor(TARGET, "--endpoint", endpoint, "--output", "json")
    assert left.code == 1
    assert list(found(left)) == ["region", "endpoint"]
    assert found(left)["endpoint"][1].startswith(f"{endpoint} was not reached: Connection refused. Check")


@pytest.mark.parametrize(
    ("variables", "arguments", "told"),
    [
        ({"AWS_DEFAULT_REGION": ""}, [], "region: none is set; the AWS region of the table was expected."),
        ({}, ["--region", "nowhere"], "region 'nowhere': AWS has no such region"),
        ({}, ["--endpoint", "ftp://x"], "endpoint: scheme 'ftp' with host 'x' cannot be connected to"),
        ({}, ["--endpoint", "x"], "endpoint: scheme '' with host '' cannot be connected to"),
    ],
)
def test_without_a_region_or_an_endpoint_nothing_more_is_checked(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], arguments: list[str], told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    left = doctor(*arguments, "--output", "json")
    (finding,) = left.data
    assert (left.code, finding["good"]) == (1, False)
    assert finding["found"].startswith(told)


def test_credentials_that_are_missing_are_told_where_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with server({}) as endpoint:
        checks = found(doctor("--endpoint", endpoint, "--output", "json"))
    assert list(checks) == ["region", "endpoint", "clock", "credentials"]
    good, told = checks["credentials"]
    assert not good
    assert told == (
        "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not; set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or give --profile."
    )


def test_a_server_on_this_machine_needs_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with server({}) as endpoint:
        checks = found(doctor("--endpoint", endpoint, "--output", "json"))
    assert checks["credentials"] == (True, "none; a server on this machine asks for none")
