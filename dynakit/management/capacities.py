"""How capacity is paid for and limited: the differences, and the requests that take them away."""

from __future__ import annotations

from collections.abc import Container, Iterator

from dynakit.capacity import AutoScaled, Capacity, OnDemand, Provisioned
from dynakit.deployment import Deployment
from dynakit.management.change import TableChange
from dynakit.management.description import TableDescription, part
from dynakit.properties import billing, units_of
from dynakit.settings import WarmThroughput
from dynakit.wire import Call, Payload

UNLIMITED = -1
"""What takes a maximum away, https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html"""


def capacity_changes(made: Deployment, live: TableDescription) -> Iterator[TableChange]:
    """What brings the table and those global indexes that stay to their capacity, each in one request.

    Another mode comes first. Along with it all provisioned units are given, but no limits.
    """
    standing = live.indexes("GlobalSecondaryIndexes")
    given = live.on_demand and not made.on_demand
    if made.on_demand != live.on_demand:
        yield _mode(made, live, standing)
    payload = {} if given else _units(made.capacity, live.table)
    payload |= _warm(made.settings.warm_throughput, live.table)
    if payload:
        yield _change(live, f"the table gets {_worded(payload)}", payload)
    for index in made.global_indexes:
        if index.name in standing:
            described = standing[index.name]
            payload = {} if given else _units(made.capacities[index.name], described)
            payload |= _warm(made.settings_of(index).warm_throughput, described)
            if payload:
                update = {"Update": {"IndexName": index.name, **payload}}
                text = f"index {index.name!r} gets {_worded(payload)}"
                yield _change(live, text, {"GlobalSecondaryIndexUpdates": [update]})


def _change(live: TableDescription, text: str, payload: Payload) -> TableChange:
    return TableChange("changes", text, Call("UpdateTable", {"TableName": live.name, **payload}))


def _worded(payload: Payload) -> str:
    units = [f"{name} {each}" for group in payload.values() for name, each in group.items()]
    return ", ".join(unit.replace(f" {UNLIMITED}", " unlimited") for unit in units)


def _mode(made: Deployment, live: TableDescription, standing: Container[str]) -> TableChange:
    """Provisioned throughput is demanded for each index in the same request."""
    payload = billing(made.capacity)
    payload.pop("OnDemandThroughput", None)
    units = {
        name: units_of(capacity)
        for name, capacity in made.capacities.items()
        if name in standing and isinstance(capacity, Provisioned)
    }
    if units:
        payload["GlobalSecondaryIndexUpdates"] = [
            {"Update": {"IndexName": name, "ProvisionedThroughput": each}} for name, each in units.items()
        ]
    mode = "paid per request" if made.on_demand else "given provisioned capacity"
    return _change(live, f"the table is {mode}", payload)


def _units(declared: Capacity, described: Payload) -> Payload:
    if isinstance(declared, OnDemand):
        return _limits(declared, part(described, "OnDemandThroughput"))
    now: Payload = part(described, "ProvisionedThroughput")
    fits = _fits(declared.read, now.get("ReadCapacityUnits")) and _fits(
        declared.write, now.get("WriteCapacityUnits")
    )
    return {} if fits else {"ProvisionedThroughput": units_of(declared)}


def _fits(declared: int | AutoScaled, now: int | None) -> bool:
    """Units that follow the traffic stand anywhere between their bounds."""
    if isinstance(declared, AutoScaled):
        return now is not None and declared.minimum <= now <= declared.maximum
    return now == declared


def _limits(declared: OnDemand, now: Payload) -> Payload:
    wanted = {"MaxReadRequestUnits": declared.max_read, "MaxWriteRequestUnits": declared.max_write}
    units = {name: UNLIMITED if most is None else most for name, most in wanted.items()}
    differing = {name: most for name, most in units.items() if most != now.get(name, UNLIMITED)}
    return {"OnDemandThroughput": differing} if differing else {}


def _warm(declared: WarmThroughput | None, described: Payload) -> Payload:
    """Warm throughput only grows, by itself too: more than declared is no difference."""
    if declared is None:
        return {}
    now: Payload = part(described, "WarmThroughput")
    read, write = now.get("ReadUnitsPerSecond", 0), now.get("WriteUnitsPerSecond", 0)
    if read >= declared.read and write >= declared.write:
        return {}
    units = {
        "ReadUnitsPerSecond": max(read, declared.read),
        "WriteUnitsPerSecond": max(write, declared.write),
    }
    return {"WarmThroughput": units}
