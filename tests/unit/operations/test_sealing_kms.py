"""KMS data keys: what is asked of the service, how often, and what its refusals become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from dynakit import AccessDenied, ConnectionFailed, DecodeError, Environment, KmsKeys, RequestError
from dynakit.operations.flow import Flow
from dynakit.operations.reply import Failure, NotSent, ServiceError
from dynakit.wire import Payload
from tests.unit.support.playing import Answer, play

CONTEXT = {"dynakit:table": "orders"}
OTHER = {"dynakit:table": "invoices"}


def made(number: int) -> Payload:
    return {"Plaintext": bytes((number,)) * 32, "CiphertextBlob": b"wrapped %d" % number}


def encrypting(
    keys: KmsKeys, environment: Environment, contexts: list[Mapping[str, str]]
) -> Flow[list[bytes]]:
    found: list[bytes] = []
    for context in contexts:
        key = yield from keys.data_key(context, environment)
        found.append(key.wrapped)
    return found


def test_a_data_key_is_asked_for_with_its_table() -> None:
    played = play(
        encrypting(KmsKeys("alias/k"), Environment.simulated(), [CONTEXT]), [made(1)], Environment.simulated()
    )
    (call,) = played.calls
    assert (call.action, call.service) == ("GenerateDataKey", "kms")
    assert call.payload == {"KeyId": "alias/k", "KeySpec": "AES_256", "EncryptionContext": CONTEXT}


@pytest.mark.parametrize(
    ("contexts", "max_uses", "calls"),
    [
        ([CONTEXT] * 5, 1000, 1),
        ([CONTEXT] * 5, 2, 3),
        ([CONTEXT, OTHER, CONTEXT], 1000, 2),
        ([CONTEXT] * 3, 1, 3),
    ],
)
def test_a_data_key_serves_so_many_values_of_one_table(
    contexts: list[Mapping[str, str]], max_uses: int, calls: int
) -> None:
    environment = Environment.simulated()
    keys = KmsKeys("alias/k", max_uses=max_uses)
    played = play(encrypting(keys, environment, contexts), [made(one) for one in range(calls)], environment)
    assert len(played.result) == len(contexts)


def test_a_data_key_serves_for_so_long() -> None:
    environment = Environment.simulated()
    keys = KmsKeys("alias/k", max_age=timedelta(minutes=5))
    play(encrypting(keys, environment, [CONTEXT]), [made(1)], environment)
    environment.sleep(299)
    assert play(encrypting(keys, environment, [CONTEXT]), [], environment).result == [b"wrapped 1"]
    environment.sleep(2)
    assert play(encrypting(keys, environment, [CONTEXT]), [made(2)], environment).result == [b"wrapped 2"]


def test_a_data_key_is_decrypted_once_while_it_is_kept() -> None:
    environment = Environment.simulated()
    keys = KmsKeys("alias/k", max_keys=2)
    reply: Answer = {"Plaintext": b"s" * 32}

    def secret(wrapped: bytes, answers: list[Answer]) -> bytes:
        return play(keys.secret("alias/k", wrapped, CONTEXT, environment), answers, environment).result

    assert secret(b"one", [reply]) == secret(b"one", []) == b"s" * 32
    secret(b"two", [reply])
    secret(b"three", [reply])
    secret(b"one", [reply])
    environment.sleep(301)
    secret(b"one", [reply])


def test_a_key_of_ones_own_needs_no_decryption() -> None:
    environment = Environment.simulated()
    keys = KmsKeys("alias/k")
    play(encrypting(keys, environment, [CONTEXT]), [made(1)], environment)
    flow = keys.secret("alias/k", b"wrapped 1", CONTEXT, environment)
    assert play(flow, [], environment).result == bytes((1,)) * 32


def test_only_keys_that_are_named_are_asked() -> None:
    """An item could name a key of somebody else's, under which anything can be forged."""
    environment = Environment.simulated()
    keys = KmsKeys("alias/new", decrypts=["alias/old"])
    played = play(keys.secret("alias/foreign", b"w", CONTEXT, environment), [], environment)
    with pytest.raises(DecodeError, match="key 'alias/foreign', which is not known here"):
        _ = played.result
    old = play(keys.secret("alias/old", b"w", CONTEXT, environment), [{"Plaintext": b"s"}], environment)
    assert old.calls[0].payload == {
        "KeyId": "alias/old",
        "CiphertextBlob": b"w",
        "EncryptionContext": CONTEXT,
    }


DOWN = NotSent("the endpoint was not reached")


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (ServiceError(400, "InvalidCiphertextException"), DecodeError),
        (ServiceError(400, "IncorrectKeyException"), DecodeError),
        (ServiceError(400, "DisabledException", "it is disabled"), RequestError),
        (ServiceError(400, "AccessDeniedException"), AccessDenied),
        (DOWN, ConnectionFailed),
        (ServiceError(500, "KMSInternalException"), RequestError),
    ],
)
def test_what_the_service_refuses_is_told_by_its_kind(failure: Failure, raised: type[Exception]) -> None:
    environment = Environment.simulated()
    once = replace(environment, retry=replace(environment.retry, attempts=1))
    played = play(KmsKeys("alias/k").secret("alias/k", b"w", CONTEXT, once), [failure], once)
    assert type(played.raised) is raised


def test_a_service_that_is_down_for_a_moment_is_asked_again() -> None:
    environment = Environment.simulated()
    answers: list[Answer] = [DOWN, ServiceError(500, "KMSInternalException"), made(1)]
    played = play(encrypting(KmsKeys("alias/k"), environment, [CONTEXT]), answers, environment)
    assert played.result == [b"wrapped 1"]
    assert len(played.slept) == 2
