"""The environment: names of tables, tokens, virtual time, and what is current."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta

import pytest

from dynakit.environment import Environment, RetryPolicy, current
from dynakit.table import Table


def _named(name: str, variable: str | None = None) -> Table:
    return Table(name, pk="PK", environment_variable=variable)


@pytest.mark.parametrize(
    ("table", "bound", "variables", "expected"),
    [
        (_named("shop"), {}, {}, "shop"),
        (_named("shop"), {}, {"DYNAKIT_TABLE_SHOP": "shop-prod"}, "shop-prod"),
        (_named("shop"), {"shop": "bound"}, {"DYNAKIT_TABLE_SHOP": "shop-prod"}, "bound"),
        (_named("shop", "SHOP"), {}, {"SHOP": "own", "DYNAKIT_TABLE_SHOP": "other"}, "own"),
        (_named("shop", "SHOP"), {}, {"DYNAKIT_TABLE_SHOP": "other"}, "shop"),
        (_named("my-shop.v2_x"), {}, {"DYNAKIT_TABLE_MY_SHOP_V2_X": "real"}, "real"),
        (_named("shop"), {}, {"DYNAKIT_TABLE_SHOP": ""}, "shop"),
        (_named("shop"), {"other": "bound"}, {}, "shop"),
    ],
)
def test_bound_names_win_over_variables_and_variables_over_declared_names(
    table: Table, bound: Mapping[str, str], variables: Mapping[str, str], expected: str
) -> None:
    assert Environment(tables=bound, variables=variables).table_name(table) == expected


def test_variables_are_those_of_the_process_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNAKIT_TABLE_SHOP", "shop-here")
    assert Environment().table_name(_named("shop")) == "shop-here"
    assert Environment.simulated().table_name(_named("shop")) == "shop"


def test_tokens_have_their_published_forms_and_differ() -> None:
    environment = Environment()
    writes = {environment.write_token() for _ in range(100)}
    requests = {environment.client_request_token() for _ in range(100)}
    assert len(writes) == len(requests) == 100
    assert all(re.fullmatch("[A-Za-z0-9_-]{12}", token) for token in writes)
    uuid4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(uuid4, token) for token in requests)


def test_the_clock_of_the_system_is_aware_and_in_utc() -> None:
    assert Environment().now().tzinfo is UTC


def test_virtual_time_moves_by_sleeping_only() -> None:
    start = datetime(2030, 5, 1, tzinfo=UTC)
    environment = Environment.simulated(now=start)
    assert (environment.now(), environment.monotonic()) == (start, 0.0)
    environment.sleep(90.5)
    asyncio.run(_asleep(environment, 1.5))
    assert (environment.now(), environment.monotonic()) == (start + timedelta(seconds=92), 92.0)


async def _asleep(environment: Environment, seconds: float) -> None:
    await environment.asleep(seconds)


def test_equal_seeds_draw_equal_values() -> None:
    def draw(seed: int) -> tuple[float, bytes, str]:
        environment = Environment.simulated(seed)
        return environment.uniform(), environment.entropy(8), environment.write_token()

    assert draw(7) == draw(7) != draw(8)


def test_uniform_stays_below_one() -> None:
    environment = Environment()
    assert all(0 <= environment.uniform() < 1 for _ in range(1000))


def test_the_current_environment_is_the_innermost_in_use() -> None:
    system, outer, inner = current(), Environment.simulated(1), Environment.simulated(2)
    with outer.use() as used:
        assert used is current() is outer
        with inner.use():
            assert current() is inner
        assert current() is outer
    assert current() is system


def test_the_current_environment_is_left_even_on_an_error() -> None:
    system = current()
    with pytest.raises(ZeroDivisionError), Environment.simulated().use():
        _ = 1 // 0
    assert current() is system


def test_tasks_see_the_environment_they_were_started_in() -> None:
    async def seen() -> Environment:
        await asyncio.sleep(0)
        return current()

    async def main() -> tuple[Environment, Environment]:
        with first.use():
            one = asyncio.create_task(seen())
        with second.use():
            two = asyncio.create_task(seen())
        return await one, await two

    first, second = Environment.simulated(1), Environment.simulated(2)
    assert asyncio.run(main()) == (first, second)


def test_an_environment_does_not_change_and_copies_keep_the_rest() -> None:
    environment = Environment.simulated(retry=RetryPolicy(attempts=3))
    with pytest.raises(FrozenInstanceError):
        environment.tables = {}  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    copy = replace(environment, tables={"shop": "real"})
    assert (copy.retry.attempts, copy.table_name(_named("shop"))) == (3, "real")
