"""The properties that the CDK's construct ``TableV2`` has no argument for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from dynakit.deployment import Deployment
from dynakit.export.cdk_arguments import vector_indexes
from dynakit.export.cdk_global import INHERITED, all_by_arn, everywhere, said_apart
from dynakit.export.global_table import global_table
from dynakit.python_source import Value
from dynakit.wire import Payload

_PRECISION = "ApproximateCreationDateTimePrecision"


def overrides(made: Deployment) -> Iterator[tuple[str, Value]]:
    """The properties that the construct has no argument for, by their path; ``None`` takes one away."""
    whole = everywhere(made)
    wanted = _as_rendered(whole)
    if whole.stream is None and len(wanted["Replicas"]) > 1:
        yield "StreamSpecification", None
    yield from vector_indexes(made)
    yield from _tracking("", wanted)
    for number, replica in enumerate(wanted["Replicas"]):
        for name, value in _of_replica(whole, replica, home=replica is wanted["Replicas"][-1]):
            yield f"Replicas.{number}.{name}", value


def _of_replica(made: Deployment, replica: Payload, *, home: bool) -> Iterator[tuple[str, Value]]:
    apart = said_apart(made)
    names = [INHERITED[name] for name in INHERITED if name in apart and home]
    names += [] if all_by_arn(made) else ["SSESpecification"]
    yield from ((name, replica[name]) for name in names if name in replica)
    precision = replica.get("KinesisStreamSpecification", {}).get(_PRECISION)
    if precision is not None:
        yield f"KinesisStreamSpecification.{_PRECISION}", precision
    if "contributor_insights" in apart:
        yield from _index_insights(replica)


def _as_rendered(made: Deployment) -> Payload:
    """The properties, in the order of CDK: the stack's own replica last, every global index in each."""
    wanted = global_table(made)
    home, *others = wanted["Replicas"]
    wanted["Replicas"] = [*others, home]
    for replica in wanted["Replicas"]:
        said = {each["IndexName"]: each for each in replica.get("GlobalSecondaryIndexes", ())}
        replica["GlobalSecondaryIndexes"] = [said.get(index.name, {}) for index in made.global_indexes]
    return wanted


def _index_insights(replica: Payload) -> Iterator[tuple[str, Value]]:
    name = "ContributorInsightsSpecification"
    for position, index in enumerate(replica["GlobalSecondaryIndexes"]):
        if name in index:
            yield f"GlobalSecondaryIndexes.{position}.{name}", index[name]


def _tracking(path: str, value: object) -> Iterator[tuple[str, Value]]:
    """How fast a target is followed, wherever one is."""
    if isinstance(value, Mapping):
        for name, each in cast("Mapping[str, object]", value).items():
            within = f"{path}.{name}".lstrip(".")
            if path.endswith("TargetTrackingScalingPolicyConfiguration") and name != "TargetValue":
                yield within, each
            yield from _tracking(within, each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for position, each in enumerate(cast("Sequence[object]", value)):
            yield from _tracking(f"{path}.{position}", each)
