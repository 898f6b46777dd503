"""The retry quota: its laws, who shares it, and what it does to a service that always throttles."""

from __future__ import annotations

import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.retries import quota as theirs
from botocore.retries import standard
from hypothesis import given
from hypothesis import strategies as st

from dynakit import Client, connect
from dynakit.environment import Environment, RetryPolicy, RetryQuota
from dynakit.errors import ConnectionFailed, OutcomeUnknown, RequestError, Throttled
from dynakit.operations.raw import call
from dynakit.operations.reply import (
    Failure,
    NotSent,
    ReplyLost,
    ServiceError,
    is_ambiguous,
    is_throttle,
    is_transient,
    request_error,
    resend_cost,
)
from dynakit.wire import Call, Payload

KEY: Payload = {"TableName": "shop", "Key": {"id": {"S": "1"}}}
THROTTLE = ServiceError(400, "ThrottlingException", "slow down")
LOST = ReplyLost("the connection was reset")


@dataclass
class Service:
    """Answers each call with the next of the answers, and then with the last for ever."""

    answers: list[Failure | None] = field(default_factory=list[Failure | None])
    sent: int = 0

    def send(self, call: Call) -> Payload:
        answer = self.answers[min(self.sent, len(self.answers) - 1)]
        self.sent += 1
        if answer is not None:
            raise answer
        return {}

    def close(self) -> None: ...


def client_of(service: Service, **policy: Any) -> Client:
    return Client(service, Environment.simulated(1, retry=RetryPolicy(**policy)))


def get(client: Client) -> RequestError | None:
    try:
        client.call("GetItem", KEY)
    except RequestError as error:
        return error
    return None


def test_a_service_that_always_throttles_gets_hardly_more_than_one_request_a_call() -> None:
    service = Service([THROTTLE])
    client = client_of(service)
    errors = [get(client) for _ in range(1_000)]
    assert service.sent == 1_000 + 100
    assert all(type(error) is Throttled for error in errors)
    last = errors[-1]
    assert last is not None
    assert (last.attempts, last.quota_used_up, last.code) == (1, True, "ThrottlingException")
    assert str(last).endswith(
        "1 attempt); nothing was written by the last attempt. Raise the capacity, or spread the keys. It "
        "was not sent again, as the retry quota of this client is used up; it fills again as calls succeed."
    )
    assert errors[0] is not None
    assert not errors[0].quota_used_up


@pytest.mark.parametrize(
    ("failure", "resends", "expected"),
    [
        (THROTTLE, 100, Throttled),
        (NotSent("refused"), 35, ConnectionFailed),
        (LOST, 35, ConnectionFailed),
        (ServiceError(500, "InternalServerError"), 35, RequestError),
    ],
)
def test_the_quota_pays_for_so_many_resends(
    failure: Failure, resends: int, expected: type[RequestError]
) -> None:
    service = Service([failure])
    client = client_of(service)
    assert {type(get(client)) for _ in range(200)} == {expected}
    assert service.sent == 200 + resends


def test_a_write_that_may_have_been_applied_stays_unknown_when_the_quota_is_used_up() -> None:
    client = client_of(Service([LOST]), quota=0)
    with pytest.raises(OutcomeUnknown, match="retry quota of this client is used up") as caught:
        client.call("PutItem", KEY, resend=True)
    assert caught.value.quota_used_up


def test_the_quota_fills_again_as_calls_succeed() -> None:
    service = Service([THROTTLE])
    client = client_of(service)
    for _ in range(200):
        get(client)
    assert client.environment.quota.available == 0
    service.answers = [None]
    for _ in range(5):
        assert get(client) is None
    assert client.environment.quota.available == 5
    service.sent, service.answers = 0, [THROTTLE, None]
    assert get(client) is None
    assert client.environment.quota.available == 5
    service.answers = [None]
    for _ in range(600):
        get(client)
    assert client.environment.quota.available == 500


def test_a_call_that_succeeds_at_last_gives_back_what_its_last_resend_took() -> None:
    client = client_of(Service([LOST, THROTTLE, THROTTLE, None]))
    assert get(client) is None
    assert client.environment.quota.spent == 14 + 5


def test_without_a_bound_only_the_policy_ends_a_call() -> None:
    service = Service([THROTTLE])
    client = client_of(service, quota=math.inf, attempts=4, deadline=1_000.0)
    for _ in range(500):
        get(client)
    assert service.sent == 4 * 500


def test_clients_that_share_connections_share_the_quota_and_others_do_not() -> None:
    retry = RetryPolicy(quota=50)
    environment = Environment.simulated(3)
    with connect("memory://", environment=environment, retry=retry) as db:
        other = connect("memory://", environment=environment, retry=retry)
        quota = db.environment.quota
        assert quota.capacity == 50
        assert db.within(deadline=1).environment.quota is quota
        assert db.using(Environment()).environment.quota is quota
        assert other.environment.quota is not quota
        assert replace(db.environment, tables={}).quota is quota


def test_a_flow_that_is_due_a_resend_ends_without_a_pause_where_the_quota_is_used_up() -> None:
    environment = replace(Environment.simulated(), quota=RetryQuota(4))
    flow = call("GetItem", KEY, environment)
    next(flow)
    with pytest.raises(Throttled):
        flow.throw(THROTTLE)


_steps = st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=60)


@given(st.integers(0, 100), _steps)
def test_a_quota_is_never_below_zero_nor_above_its_capacity(
    capacity: int, steps: list[tuple[bool, int]]
) -> None:
    quota = RetryQuota(capacity)
    for takes, units in steps:
        before = quota.available
        if not takes:
            quota.give_back(units)
            assert quota.available == min(capacity, before + units)
        elif quota.take(units):
            assert quota.available == before - units
        else:
            assert (quota.available, units > before) == (before, True)
        assert 0 <= quota.available <= capacity


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("acquire"), st.integers(0, 600)),
            st.tuples(st.just("release"), st.integers(0, 600)),
        )
    )
)
def test_it_counts_as_the_quota_of_botocore_does(steps: list[tuple[str, int]]) -> None:
    ours, reference = RetryQuota(), theirs.RetryQuota()
    for step, units in steps:
        if step == "acquire":
            assert ours.take(units) is reference.acquire(units)
        else:
            reference.release(units)
            ours.give_back(units)
        assert ours.available == reference.available_capacity


def test_threads_lose_no_units() -> None:
    quota = RetryQuota(10_000)

    def work(_: int) -> int:
        return sum(quota.take(1) for _ in range(1_000))

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(work, range(16))) == 10_000
    assert quota.available == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_forked_while_a_thread_counts_can_count_on() -> None:
    lock: threading.Lock = vars(RetryQuota)["_lock"]
    with lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if RetryQuota().take(1) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _constant(of: type, name: str) -> list[Any]:
    value: list[Any] = vars(of)[name]
    return value


def _theirs() -> list[tuple[str, str]]:
    throttled = _constant(standard.ThrottledRetryableChecker, "_THROTTLED_ERROR_CODES")
    transient = _constant(standard.TransientRetryableChecker, "_TRANSIENT_ERROR_CODES")
    return [
        *((code, "throttled") for code in throttled),
        *((code, "transient") for code in transient if code not in throttled),
    ]


@pytest.mark.parametrize(("code", "kind"), _theirs())
def test_what_botocore_sends_again_is_sent_again(code: str, kind: str) -> None:
    """What it calls throttled was not applied; of what it calls transient that cannot be known."""
    failure = ServiceError(400, code)
    assert (is_transient(failure), is_ambiguous(failure)) == (kind == "throttled", kind == "transient")


@pytest.mark.parametrize("status", _constant(standard.TransientRetryableChecker, "_TRANSIENT_STATUS_CODES"))
def test_the_statuses_botocore_calls_transient_leave_the_outcome_open(status: int) -> None:
    assert is_ambiguous(ServiceError(status, "SomethingNew"))


def test_too_many_requests_is_throttling_whatever_its_code() -> None:
    failure = ServiceError(429, "SomethingNew")
    assert is_throttle(failure)
    assert is_transient(failure)
    assert type(request_error(Call("GetItem", KEY), failure, 1)) is Throttled


def test_the_costs_are_those_of_botocore() -> None:
    costs = vars(standard.RetryQuotaChecker)
    assert resend_cost(THROTTLE) == costs["_THROTTLING_RETRY_COST"]
    assert {resend_cost(failure) for failure in (LOST, NotSent("x"), ServiceError(500, "X"))} == {
        costs["_RETRY_COST"]
    }
    assert RetryQuota().capacity == RetryPolicy().quota == theirs.RetryQuota.INITIAL_CAPACITY


def test_a_corrected_clock_is_reason_for_one_more_attempt_and_no_more() -> None:
    refusal = ServiceError(400, "InvalidSignatureException")
    refusal.clock_corrected = True
    service = Service([refusal])
    error = get(client_of(service))
    assert error is not None
    assert (error.code, error.attempts, service.sent) == ("InvalidSignatureException", 2, 2)
    service = Service([refusal, None])
    assert get(client_of(service)) is None
