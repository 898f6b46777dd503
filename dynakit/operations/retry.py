"""The one retry layer: every call of every flow goes through :func:`request`.

Only an *ambiguous* attempt changes what may be done next: the request was sent and no valid reply came,
or the server reported a fault of its own, so a write may have been applied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from dynakit.errors import DynakitError, RequestError
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.reply import (
    Failure,
    ServiceError,
    is_ambiguous,
    is_read,
    is_transient,
    request_error,
    resend_cost,
)
from dynakit.values import dataclass
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment


class Same(Enum):
    """The type of :data:`SAME`."""

    SAME = "same"


SAME: Final = Same.SAME
"""After an ambiguous attempt, send the same call again."""

Resend: TypeAlias = Call | Literal[Same.SAME] | None
"""What is sent after an ambiguous attempt; ``None`` for nothing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a call that succeeded.

    ``attempts`` is how often it was sent; ``ambiguous`` says that an attempt before the last may have been
    applied too, so that this reply may describe the second time.
    """

    payload: Payload
    attempts: int
    ambiguous: bool


class Refused(Exception):
    """The service refused a call with a code its flow interprets itself.

    ``ambiguous_before`` says that an earlier attempt may have been applied, so the refusal may be of the
    flow's own write.
    """

    def __init__(self, error: ServiceError, ambiguous_before: bool, attempts: int) -> None:
        super().__init__(error.code)
        self.error = error
        self.ambiguous_before = ambiguous_before
        self.attempts = attempts


def delay(environment: Environment, resends: int) -> float:
    """The pause in seconds before the ``resends``-th resend (from 1): drawn evenly up to a doubling bound."""
    policy = environment.retry
    # The exponent is bounded, as a long loop of a batch would overflow a float.
    return environment.uniform() * min(policy.cap, policy.base * 2.0 ** min(resends - 1, 60))


def pause_within(environment: Environment, attempts: int, until: float) -> float | None:
    """The pause before the attempt after so many; ``None`` where attempts or time are used up."""
    pause = delay(environment, attempts)
    over = attempts >= environment.retry.attempts or environment.monotonic() + pause >= until
    return None if over else pause


def request(
    call: Call,
    environment: Environment,
    *,
    resend: Resend | Callable[[], Resend] = SAME,
    interprets: Collection[str] = (),
    statement: object = None,
    until: float | None = None,
) -> Flow[Reply]:
    """Send a call, again where that is right, until it succeeds, is refused, or time is up.

    What was certainly not applied is sent again unchanged. After an ambiguous attempt of a write,
    ``resend`` decides: :data:`SAME` sends the same call, a call is sent instead from then on, ``None``
    sends nothing more; a function gives one of these when an attempt has failed. A read is always sent again.
    ``until`` is the end by ``environment.monotonic()`` in seconds, by default the policy's deadline from now.
    No pause reaches it and no attempt starts after it.

    Raises :class:`Refused` for a code in ``interprets``, on whichever attempt; else a
    :class:`~dynakit.errors.RequestError`, which for a write is ``OutcomeUnknown`` whenever any attempt
    was ambiguous. With the quota of the environment used up, it is raised where a resend would be due.
    """
    if until is None:
        until = environment.monotonic() + environment.retry.deadline
    if call.statement is not statement:
        call = Call(call.action, call.payload, call.service, 1, statement, call.item_by_item)
    try:
        payload = yield call
    except Failure as failure:
        # Bound to another name, as this one ends with the block.
        last = failure
    else:
        if environment.quota.spent:
            environment.quota.give_back(1)
        return Reply(payload, 1, ambiguous=False)
    progress = _Progress(call, environment, until, frozenset(interprets), statement)
    return (yield from _sent_again(progress, last, resend))


def _sent_again(progress: _Progress, last: Failure, made: Resend | Callable[[], Resend]) -> Flow[Reply]:
    sending, resend = progress.call, _resend(made)
    while True:
        pause = progress.pause_after(last, resend)
        yield Sleep(pause)
        if progress.environment.monotonic() >= progress.until:
            raise progress.error(last) from last
        if progress.ambiguous and isinstance(resend, Call):
            sending = resend
        progress.attempts += 1
        try:
            payload = yield Call(
                sending.action,
                sending.payload,
                sending.service,
                progress.attempts,
                progress.statement,
                sending.item_by_item,
            )
        except Failure as failure:
            last = failure
        else:
            progress.environment.quota.give_back(progress.taken)
            return Reply(payload, progress.attempts, progress.ambiguous)


def _resend(made: Resend | Callable[[], Resend]) -> Resend:
    if not callable(made):
        return made
    try:
        return made()
    except DynakitError:
        # Such as a condition that the demand of the resend makes too long.
        return None


@dataclass(slots=True)
class _Progress:
    call: Call
    environment: Environment
    until: float
    interprets: frozenset[str]
    statement: object
    attempts: int = 1
    ambiguous: bool = False
    taken: int = 0
    """What the last resend took of the quota."""
    clock_corrected: bool = False

    def pause_after(self, failure: Failure, resend: Resend) -> float:
        """The pause before the next attempt; raises where there is none."""
        if isinstance(failure, ServiceError) and failure.code in self.interprets:
            raise Refused(failure, self.ambiguous, self.attempts) from failure
        ambiguous = is_ambiguous(failure)
        self.ambiguous = self.ambiguous or ambiguous
        final = not (ambiguous or self._refused_for_now(failure))
        lost = self.ambiguous and resend is None and not is_read(self.call.action)
        if final or lost or self.attempts >= self.environment.retry.attempts:
            raise self.error(failure) from failure
        pause = delay(self.environment, self.attempts)
        if self.environment.monotonic() + pause >= self.until:
            raise self.error(failure) from failure
        self.taken = resend_cost(failure)
        if not self.environment.quota.take(self.taken):
            raise self.error(failure, quota_used_up=True) from failure
        return pause

    def _refused_for_now(self, failure: Failure) -> bool:
        """Whether it was not applied, and may be the next time; once where the clock was wrong."""
        if not isinstance(failure, ServiceError) or not failure.clock_corrected:
            return is_transient(failure)
        first, self.clock_corrected = not self.clock_corrected, True
        return first

    def error(self, failure: Failure, *, quota_used_up: bool = False) -> RequestError:
        """What a failure becomes that is not followed by another attempt."""
        return request_error(
            self.call,
            failure,
            self.attempts,
            self.statement,
            ambiguous=self.ambiguous,
            quota_used_up=quota_used_up,
        )
