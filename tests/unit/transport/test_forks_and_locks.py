"""A process that forks while a thread of it holds a lock: the child finds that free."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from dynakit.operations.reply import Failure
from dynakit.transport.aws_services import AwsServices
from dynakit.transport.base import Transport
from dynakit.transport.botocore import BotocoreTransport
from dynakit.transport.memory import MemoryTransport
from dynakit.wire import Call, Service
from tests.unit.support.forking import PATIENCE, outcome_of_child

sdk: Any = boto3

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def of_memory() -> Transport:
    return MemoryTransport()


def of_services() -> Any:
    return AwsServices(sdk.Session())


def of_client() -> Transport:
    return BotocoreTransport(sdk.client("dynamodb", "us-east-1"))


@pytest.mark.parametrize(
    ("opened", "service", "held"),
    [
        (of_memory, "dynamodb", "dynakit.transport.memory._new_handlers"),
        (of_services, "kms", "dynakit.transport.aws_services.AwsServices._made"),
        (of_client, "streams", "dynakit.transport.botocore.streams_client"),
    ],
)
def test_what_a_thread_of_the_parent_is_making_is_made_in_the_child(
    opened: Callable[[], Transport], service: Service, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, free = threading.Event(), threading.Event()

    def make(*_: object) -> Any:
        inside.set()
        assert free.wait(PATIENCE)
        return {}

    def send() -> bool:
        with pytest.raises((Failure, AttributeError)):
            transport.send(Call("NoSuchAction", {}, service))
        return True

    monkeypatch.setattr(held, make)
    transport = opened()
    maker = threading.Thread(target=send, daemon=True)
    maker.start()
    assert inside.wait(PATIENCE)
    # The fork may wait until the lock is free.
    threading.Timer(0.1, free.set).start()
    assert outcome_of_child(send) == 0
    maker.join(PATIENCE)
    assert not maker.is_alive()
