"""The retry layer, played with canned answers and virtual time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.environment import Environment, RetryPolicy
from dynakit.errors import (
    AccessDenied,
    ConditionFailed,
    ConnectionFailed,
    OutcomeUnknown,
    RequestError,
    TableMissing,
    Throttled,
)
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.reply import CredentialsMissing, Failure, NotSent, ReplyLost, ServiceError
from dynakit.operations.retry import SAME, Refused, Reply, Same, delay, request
from dynakit.wire import Call, Payload

READ = Call("GetItem", {"TableName": "shop"})
WRITE = Call("UpdateItem", {"TableName": "shop"})
GUARDED = Call("UpdateItem", {"TableName": "shop", "ConditionExpression": "guarded"})
DONE: Payload = {"done": True}

Answer: TypeAlias = Failure | Payload
Resend: TypeAlias = Call | Literal[Same.SAME] | None

THROTTLE = ServiceError(400, "ProvisionedThroughputExceededException")
IN_PROGRESS = ServiceError(400, "TransactionInProgressException")
CONDITION = ServiceError(400, "ConditionalCheckFailedException", body={"Item": {"id": {"S": "1"}}})
MISSING = ServiceError(400, "ResourceNotFoundException")
FAULT = ServiceError(500, "InternalServerError")
LOST = ReplyLost("read time-out")
UNSENT = NotSent("refused")

DEFINITE = [THROTTLE, IN_PROGRESS, UNSENT, ServiceError(503, "ThrottlingException")]
AMBIGUOUS = [LOST, FAULT, ServiceError(503, "ServiceUnavailable")]


@dataclass
class Played:
    sent: list[Call] = field(default_factory=list[Call])
    slept: list[float] = field(default_factory=list[float])
    started: list[float] = field(default_factory=list[float])
    result: Reply | None = None
    error: Exception | None = None


def play(flow: Flow[Reply], answer: Callable[[int], Answer], environment: Environment) -> Played:
    """Drive a flow: the n-th call gets ``answer(n)``, a sleep moves the virtual clock."""
    played = Played()
    reply: Answer | None = None
    try:
        while True:
            step = flow.throw(reply) if isinstance(reply, Failure) else flow.send(reply)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            if isinstance(step, Sleep):
                environment.sleep(step.seconds)
                played.slept.append(step.seconds)
                reply = {}
                continue
            assert isinstance(step, Call)
            played.sent.append(step)
            played.started.append(environment.monotonic())
            reply = answer(len(played.sent) - 1)
    except StopIteration as stop:
        played.result = stop.value
    except (RequestError, Refused) as error:
        played.error = error
    return played


def attempt(
    answers: Sequence[Answer],
    call: Call = WRITE,
    resend: Resend = SAME,
    *,
    interprets: Sequence[str] = (),
    policy: RetryPolicy | None = None,
    seed: int = 0,
) -> Played:
    """Answer in order; the last answer is given for ever."""
    environment = Environment.simulated(seed, retry=policy)
    flow = request(call, environment, resend=resend, interprets=interprets, statement="the statement")
    return play(flow, lambda n: answers[min(n, len(answers) - 1)], environment)


@pytest.mark.parametrize("call", [READ, WRITE])
@pytest.mark.parametrize("resend", [SAME, None, GUARDED])
def test_a_call_that_succeeds_is_sent_once(call: Call, resend: Resend) -> None:
    played = attempt([DONE], call, resend)
    assert (played.sent, played.slept, played.result) == ([call], [], Reply(DONE, 1, False))


@pytest.mark.parametrize("failure", DEFINITE)
@pytest.mark.parametrize("call", [READ, WRITE])
@pytest.mark.parametrize("resend", [SAME, None, GUARDED])
def test_what_was_certainly_not_applied_is_sent_again_unchanged(
    failure: Failure, call: Call, resend: Resend
) -> None:
    played = attempt([failure, failure, DONE], call, resend)
    assert played.sent == [call] * 3
    assert played.result == Reply(DONE, 3, False)
    assert len(played.slept) == 2


@pytest.mark.parametrize("failure", AMBIGUOUS)
@pytest.mark.parametrize("resend", [SAME, None])
def test_an_ambiguous_read_is_sent_again(failure: Failure, resend: Resend) -> None:
    played = attempt([failure, DONE], READ, resend)
    assert played.sent == [READ, READ]
    assert played.result == Reply(DONE, 2, True)


@pytest.mark.parametrize("failure", AMBIGUOUS)
def test_an_ambiguous_write_is_sent_again_the_same(failure: Failure) -> None:
    played = attempt([failure, DONE], WRITE, SAME)
    assert played.sent == [WRITE, WRITE]
    assert played.result == Reply(DONE, 2, True)


@pytest.mark.parametrize("failure", AMBIGUOUS)
def test_after_an_ambiguous_write_the_guarded_call_is_sent_from_then_on(failure: Failure) -> None:
    played = attempt([THROTTLE, failure, THROTTLE, LOST, DONE], WRITE, GUARDED)
    assert played.sent == [WRITE, WRITE, GUARDED, GUARDED, GUARDED]
    assert played.result == Reply(DONE, 5, True)


@pytest.mark.parametrize("failure", AMBIGUOUS)
def test_an_ambiguous_write_that_must_not_be_resent_ends_at_once_as_unknown(failure: Failure) -> None:
    played = attempt([THROTTLE, failure, DONE], WRITE, None)
    assert played.sent == [WRITE, WRITE]
    assert isinstance(played.error, OutcomeUnknown)
    assert (played.error.attempts, played.error.statement) == (2, "the statement")
    assert played.error.__cause__ is failure


@pytest.mark.parametrize(
    ("failure", "call", "expected"),
    [
        (MISSING, READ, TableMissing),
        (MISSING, WRITE, TableMissing),
        (CONDITION, WRITE, ConditionFailed),
        (ServiceError(400, "AccessDeniedException"), WRITE, AccessDenied),
        (CredentialsMissing("none"), WRITE, AccessDenied),
        (ServiceError(400, "ValidationException"), READ, RequestError),
    ],
)
def test_a_refusal_is_not_sent_again(failure: Failure, call: Call, expected: type[RequestError]) -> None:
    played = attempt([failure], call)
    assert len(played.sent) == 1
    assert played.slept == []
    assert played.error is not None
    assert type(played.error) is expected
    assert played.error.__cause__ is failure


@pytest.mark.parametrize("last", [MISSING, CONDITION, CredentialsMissing("none"), THROTTLE, UNSENT])
@pytest.mark.parametrize("resend", [SAME, GUARDED])
def test_a_write_that_fails_after_an_ambiguous_attempt_is_unknown_whatever_it_fails_with(
    last: Failure, resend: Resend
) -> None:
    assert isinstance(attempt([LOST, last], WRITE, resend).error, OutcomeUnknown)


def test_a_read_that_fails_after_an_ambiguous_attempt_fails_with_what_came_last() -> None:
    assert isinstance(attempt([LOST, MISSING], READ).error, TableMissing)


@pytest.mark.parametrize(
    ("before", "ambiguous"), [([], False), ([THROTTLE], False), ([LOST], True), ([FAULT, THROTTLE], True)]
)
def test_a_code_the_flow_interprets_comes_back_with_what_went_before(
    before: list[Failure], ambiguous: bool
) -> None:
    refused = attempt([*before, CONDITION], interprets=["ConditionalCheckFailedException"]).error
    assert isinstance(refused, Refused)
    assert (refused.error, refused.ambiguous_before) == (CONDITION, ambiguous)
    assert refused.attempts == len(before) + 1


def test_a_flow_may_interpret_a_code_that_would_be_sent_again() -> None:
    played = attempt([THROTTLE, DONE], interprets=[THROTTLE.code])
    assert isinstance(played.error, Refused)
    assert len(played.sent) == 1


@pytest.mark.parametrize(
    ("failure", "call", "expected"),
    [
        (THROTTLE, READ, Throttled),
        (THROTTLE, WRITE, Throttled),
        (UNSENT, READ, ConnectionFailed),
        (UNSENT, WRITE, ConnectionFailed),
        (LOST, READ, ConnectionFailed),
        (LOST, WRITE, OutcomeUnknown),
        (FAULT, READ, RequestError),
        (FAULT, WRITE, OutcomeUnknown),
        (IN_PROGRESS, WRITE, RequestError),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_what_fails_to_the_end_ends_by_the_deadline(
    failure: Failure, call: Call, expected: type[RequestError], seed: int
) -> None:
    policy = RetryPolicy(attempts=1000, deadline=15.0)
    played = attempt([failure], call, policy=policy, seed=seed)
    assert isinstance(played.error, expected)
    assert type(played.error) is expected
    assert played.error.attempts == len(played.sent) > 2
    assert sum(played.slept) < 15.0
    assert max(played.started) < 15.0


def test_the_number_of_attempts_is_bounded_too() -> None:
    played = attempt([THROTTLE], policy=RetryPolicy(attempts=4, deadline=1000.0))
    assert (len(played.sent), len(played.slept)) == (4, 3)


def test_an_end_given_by_the_caller_wins_over_the_policy() -> None:
    environment = Environment.simulated(retry=RetryPolicy(attempts=1000))
    environment.sleep(100.0)
    played = play(request(WRITE, environment, until=102.0), lambda _: THROTTLE, environment)
    assert isinstance(played.error, Throttled)
    assert 100.0 <= max(played.started) < 102.0


def test_no_attempt_starts_after_a_sleep_that_took_too_long() -> None:
    environment = Environment.simulated()
    flow = request(READ, environment)
    assert next(flow) == READ
    assert isinstance(flow.throw(THROTTLE), Sleep)
    environment.sleep(15.0)
    with pytest.raises(Throttled) as caught:
        flow.send({})
    assert caught.value.attempts == 1


@given(st.integers(1, 10_000), st.integers(0, 2**32))
def test_a_pause_lies_within_the_doubling_bound_and_the_cap(resends: int, seed: int) -> None:
    environment = Environment.simulated(seed)
    assert 0.0 <= delay(environment, resends) < min(5.0, 0.05 * 2.0 ** min(resends - 1, 50))


def test_pauses_use_the_whole_range_so_that_clients_do_not_resend_in_step() -> None:
    environment = Environment.simulated(1)
    drawn = [delay(environment, 1) / 0.05 for _ in range(2000)]
    assert min(drawn) < 0.01
    assert max(drawn) > 0.99
    assert abs(sum(drawn) / len(drawn) - 0.5) < 0.03


_failures = st.sampled_from([*DEFINITE, *AMBIGUOUS, CONDITION, MISSING])


@given(
    st.lists(_failures, max_size=12),
    st.sampled_from([READ, WRITE]),
    st.sampled_from([SAME, None, GUARDED]),
    st.integers(0, 99),
)
def test_a_write_that_may_have_been_applied_never_ends_as_a_plain_failure(
    failures: list[Failure], call: Call, resend: Resend, seed: int
) -> None:
    """And without ``resend`` nothing follows an ambiguous attempt; and time and attempts are bounded."""
    played = attempt([*failures, DONE], call, resend, seed=seed)
    met = failures[: len(played.sent)]
    ambiguous = any(failure in AMBIGUOUS for failure in met)
    if played.result is not None:
        assert played.result == Reply(DONE, len(met) + 1, ambiguous)
    elif call is WRITE:
        assert isinstance(played.error, OutcomeUnknown) == ambiguous
    if call is WRITE and resend is None:
        assert not any(failure in AMBIGUOUS for failure in failures[: len(played.sent) - 1])
    assert len(played.sent) <= 10
    assert sum(played.slept) < 15.0
