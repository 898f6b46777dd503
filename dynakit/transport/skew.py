"""The time of the service, where the clock of this machine is wrong.

The service refuses signatures whose time is more than five minutes off. As the AWS SDKs do, the difference is
then learned from the reply, and the call signed again.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

from __future__ import annotations

from typing import Final

from dynakit.environment import current
from dynakit.operations.reply import ServiceError

_OF_TIME: Final = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
"""Refusals for the time."""

_OF_SIGNATURE: Final = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"})
"""Refusals that may be for the time, or for a wrong secret."""

_RESOLUTION = 2.0
"""Seconds: a Date has whole ones, and is written a moment before it is read."""

_TOLERATED = 240.0
"""Seconds; the service takes five minutes, of which the way to it may use up some."""


class ClockSkew:
    """By how many seconds the clock of the service is ahead of this machine's, learned from refusals.

    May be shared by threads: what a refusal says is held against the moment its own request was signed for.
    """

    __slots__ = ("offset",)

    def __init__(self) -> None:
        self.offset = 0.0

    def moment(self) -> float:
        """The moment to sign for, in seconds since 1970, by the clock of the service."""
        return current().now().timestamp() + self.offset

    def learn(self, error: ServiceError, date: str | None, moment: float) -> None:
        """Set the clock by a refusal, its ``Date`` header, and the moment that was signed for.

        Sets ``clock_corrected`` on the error if ``moment`` was wrong, which is then worth sending again: a
        call that was not authenticated was certainly not applied.
        """
        if date is None or error.code not in _OF_TIME | _OF_SIGNATURE:
            return
        told = _seconds(date)
        wrong_from = _RESOLUTION if error.code in _OF_TIME else _TOLERATED
        if told is not None and abs(told - moment) > wrong_from:
            self.offset = told - current().now().timestamp()
            error.clock_corrected = True


def _seconds(date: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
