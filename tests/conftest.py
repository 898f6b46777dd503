"""What every test run has: no AWS account in reach, hypothesis profiles, servers to talk to."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests.integration.servers import dynamodb_local, ministack, start_shared

__all__ = ["dynamodb_local", "ministack"]

NO_FILE = os.path.join(os.devnull, "aws")
AWS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": NO_FILE,
    "AWS_SHARED_CREDENTIALS_FILE": NO_FILE,
    "AWS_EC2_METADATA_DISABLED": "true",
}

settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2_000)

_run = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the process; the one that only steers workers starts the servers they share."""
    environment = _run.enter_context(pytest.MonkeyPatch.context())
    leave_no_account_in_reach(environment)
    in_ci = os.environ.get("CI") == "true"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if in_ci else "default"))
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        start_shared(_run, environment)


def pytest_unconfigure() -> None:
    """Stop what was started, and give the environment back."""
    _run.close()


def leave_no_account_in_reach(environment: pytest.MonkeyPatch) -> None:
    """Take the developer's AWS settings out of the environment, and put made-up ones in."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        environment.delenv(name)
    for name, value in AWS.items():
        environment.setenv(name, value)
