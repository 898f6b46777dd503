"""What the transports learn of the time from refusals, and what they do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.environment import Environment
from dynakit.operations.reply import ServiceError
from dynakit.transport.skew import ClockSkew

HERE = datetime(2026, 5, 1, 12, tzinfo=UTC)
OF_TIME = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]
OF_SIGNATURE = ["InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"]


def told(skew: ClockSkew, code: str, there: datetime | str | None, moment: float) -> bool:
    error = ServiceError(400, code)
    date = format_datetime(there, usegmt=True) if isinstance(there, datetime) else there
    skew.learn(error, date, moment)
    return error.clock_corrected


@pytest.mark.parametrize("code", OF_TIME + OF_SIGNATURE)
@pytest.mark.parametrize("off", [timedelta(hours=7), timedelta(hours=-7), timedelta(days=400)])
def test_a_wrong_clock_is_learned_once_and_then_right(code: str, off: timedelta) -> None:
    skew, environment = ClockSkew(), Environment.simulated(now=HERE)
    with environment.use():
        first = skew.moment()
        assert first == HERE.timestamp()
        assert told(skew, code, HERE + off, first)
        environment.sleep(100.0)
        assert skew.moment() == (HERE + off).timestamp() + 100.0
        assert not told(skew, code, HERE + off + timedelta(seconds=101), skew.moment())


@pytest.mark.parametrize("seconds", [-239, 0, 1, 239])
@pytest.mark.parametrize("code", OF_SIGNATURE)
def test_a_refused_signature_of_the_right_time_is_no_matter_of_the_clock(code: str, seconds: int) -> None:
    skew = ClockSkew()
    with Environment.simulated(now=HERE).use():
        assert not told(skew, code, HERE + timedelta(seconds=seconds), skew.moment())
    assert skew.offset == 0


@pytest.mark.parametrize(("code", "corrected"), [("RequestExpired", True), ("AuthFailure", False)])
def test_a_refusal_for_the_time_alone_is_believed_below_four_minutes_too(code: str, corrected: bool) -> None:
    skew = ClockSkew()
    with Environment.simulated(now=HERE).use():
        assert told(skew, code, HERE + timedelta(seconds=200), skew.moment()) is corrected


@pytest.mark.parametrize("code", ["ThrottlingException", "ExpiredTokenException", "AccessDeniedException"])
def test_other_refusals_teach_nothing(code: str) -> None:
    skew = ClockSkew()
    assert not told(skew, code, HERE - timedelta(days=1), skew.moment())
    assert skew.offset == 0


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "Fri, 99 May 2026 12:00:00 GMT", "Fri, 01 May 99999999999 12:00:00 GMT"]
)
def test_a_date_that_is_none_teaches_nothing(date: str | None) -> None:
    skew = ClockSkew()
    assert not told(skew, "RequestExpired", date, 0.0)
    assert skew.offset == 0


def test_a_refusal_of_a_request_signed_before_others_learned_is_worth_sending_again() -> None:
    """And one that waited for long before it was sent, as in a function that was frozen."""
    skew, environment = ClockSkew(), Environment.simulated(now=HERE)
    there = HERE + timedelta(hours=3)
    with environment.use():
        of_one = of_another = skew.moment()
        assert told(skew, "InvalidSignatureException", there, of_one)
        assert told(skew, "InvalidSignatureException", there, of_another)
        early = skew.moment()
        environment.sleep(600.0)
        assert told(skew, "InvalidSignatureException", there + timedelta(seconds=600), early)
        assert skew.offset == 3 * 3600


@given(st.text(max_size=40))
def test_no_text_of_a_date_breaks_it(date: str) -> None:
    told(ClockSkew(), "RequestExpired", date, 0.0)
