"""What Terraform has as resources of its own beside a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeAlias

from dynakit.deployment import Deployment
from dynakit.export.global_table import at_home, home_region, replicas
from dynakit.export.names import cleaned, logical_id
from dynakit.export.scaling import NAMESPACE, Scaled, scaled
from dynakit.export.terraform_table import Expression, said
from dynakit.settings import ContributorInsights, KinesisStream, Replica, TableSettings
from dynakit.wire import Payload

Resource: TypeAlias = tuple[str, str, Payload]
"""The kind of a resource, its label, its arguments."""


def beside(made: Deployment) -> Iterator[Resource]:
    """Auto-scaling, and for each region Kinesis, insights and policies."""
    home = said({"region": home_region(made)})
    for kind, label, arguments in _beside(made):
        yield kind, label, {**home, **arguments}


def _beside(made: Deployment) -> Iterator[Resource]:
    """The same; ``None`` stands for the region in which the table is made."""
    for one in scaled(made):
        yield from _scaling(one, None)
    yield from _of_region(made, at_home(made).settings, None)
    for replica in replicas(made)[1:]:
        for one in scaled(made):
            if one.way == "Read":  # write units, and how they are scaled, are the same everywhere
                yield from _scaling(one, replica.region)
        yield from _of_region(made, replica, replica.region)


def _scaling(one: Scaled, region: str | None) -> Iterator[Resource]:
    table = logical_id(one.made)
    label = table + cleaned(region or "") + one.name
    there = {} if region is None else {"region": region}
    target = f"aws_appautoscaling_target.{label}"
    yield (
        "aws_appautoscaling_target",
        label,
        {
            **there,
            "service_namespace": NAMESPACE,
            "resource_id": Expression(one.resource(f"${{aws_dynamodb_table.{table}.name}}")),
            "scalable_dimension": one.dimension,
            "min_capacity": one.by.minimum,
            "max_capacity": one.by.maximum,
        },
    )
    places = ("service_namespace", "resource_id", "scalable_dimension")
    yield (
        "aws_appautoscaling_policy",
        label,
        {
            **there,
            "name": label,
            "policy_type": "TargetTrackingScaling",
            **{place: Expression(f"${{{target}.{place}}}") for place in places},
            "target_tracking_scaling_policy_configuration": said(
                {
                    "predefined_metric_specification": {"predefined_metric_type": one.metric},
                    "target_value": one.by.target,
                    "disable_scale_in": None if one.by.scale_in else True,
                    "scale_in_cooldown": one.by.scale_in_cooldown,
                    "scale_out_cooldown": one.by.scale_out_cooldown,
                }
            ),
        },
    )


def _of_region(made: Deployment, settings: TableSettings | Replica, region: str | None) -> Iterator[Resource]:
    label = logical_id(made) + cleaned(region or "")
    if settings.kinesis is not None:
        yield _kinesis(made, settings.kinesis, label, region)
    modes: dict[str | None, ContributorInsights | None] = {None: settings.contributor_insights}
    modes |= {index.name: made.settings_of(index).contributor_insights for index in made.global_indexes}
    for name, mode in modes.items():
        if mode is not None:
            yield _insights(made, label + cleaned(name or ""), region, name, mode)
    for policy, what, suffix in (
        (settings.resource_policy, "arn", ""),
        (settings.stream_policy, "stream_arn", "Stream"),
    ):
        if policy is not None:
            arguments = {"resource_arn": _arn(made, region, what), "policy": json.dumps(policy)}
            yield "aws_dynamodb_resource_policy", label + suffix, said({"region": region, **arguments})


def _kinesis(made: Deployment, stream: KinesisStream, label: str, region: str | None) -> Resource:
    arguments: Payload = {
        "region": region,
        "table_name": _name(made),
        "stream_arn": stream.arn,
        "approximate_creation_date_time_precision": stream.precision,
    }
    return "aws_dynamodb_kinesis_streaming_destination", label, said(arguments)


def _insights(
    made: Deployment, label: str, region: str | None, index: str | None, mode: ContributorInsights
) -> Resource:
    arguments = {"region": region, "table_name": _name(made), "index_name": index, "mode": mode}
    return "aws_dynamodb_contributor_insights", label, said(arguments)


def _name(made: Deployment) -> Expression:
    return Expression(f"${{aws_dynamodb_table.{logical_id(made)}.name}}")


def _arn(made: Deployment, region: str | None, what: str) -> Expression:
    table = f"aws_dynamodb_table.{logical_id(made)}"
    if region is None:
        return Expression(f"${{{table}.{what}}}")
    return Expression(f'${{one([for one in {table}.replica : one.{what} if one.region_name == "{region}"])}}')
