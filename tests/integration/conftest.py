"""``open_db``: a connection to the backend of the test, with tables of its own."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack

import pytest

from tests.integration.backends import BACKENDS, STORE, Opener


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The name of the backend."""
    name: str = request.param
    return name


@pytest.fixture
def open_db(backend: str, request: pytest.FixtureRequest) -> Generator[Opener]:
    """Connects to the backend and makes the tables; gives all back afterwards."""
    with ExitStack() as stack:
        yield Opener(backend, _endpoint(backend, request), stack)


def _endpoint(backend: str, request: pytest.FixtureRequest) -> str:
    if backend.startswith("embedded"):
        return STORE
    server = "ministack" if backend == "ministack" else "dynamodb_local"
    endpoint: str = request.getfixturevalue(server)
    return endpoint
