"""Auto-scaled capacity: what is scaled, and by what policy.

https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-dynamodb.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dynakit.capacity import AutoScaled, Provisioned
from dynakit.deployment import Deployment
from dynakit.export.names import cleaned, logical_id, merged
from dynakit.values import dataclass
from dynakit.wire import Payload

NAMESPACE = "dynamodb"


@dataclass(frozen=True)
class Scaled:
    """The read or the write units of a table (``index`` is ``None``) or of one of its global indexes."""

    made: Deployment
    index: str | None
    way: Literal["Read", "Write"]
    by: AutoScaled

    @property
    def dimension(self) -> str:
        """What is scaled, by its AWS name."""
        return f"dynamodb:{'table' if self.index is None else 'index'}:{self.way}CapacityUnits"

    @property
    def metric(self) -> str:
        """What it is scaled by."""
        return f"DynamoDB{self.way}CapacityUtilization"

    @property
    def name(self) -> str:
        """Its name in templates, without that of the table."""
        return f"{cleaned(self.index or '')}{self.way}Scaling"

    def resource(self, table: str) -> str:
        """What it is scaled of, in a table of this name."""
        return f"table/{table}" if self.index is None else f"table/{table}/index/{self.index}"


def scaled(made: Deployment) -> Iterator[Scaled]:
    """Whatever is auto-scaled of a table, its own units first; of a global one the write units always."""
    for index, capacity in ((None, made.capacity), *made.capacities.items()):
        if isinstance(capacity, Provisioned):
            write = always(capacity.write) if made.settings.replicas else capacity.write
            if isinstance(capacity.read, AutoScaled):
                yield Scaled(made, index, "Read", capacity.read)
            if isinstance(write, AutoScaled):
                yield Scaled(made, index, "Write", write)


def always(units: int | AutoScaled) -> AutoScaled:
    """Units as auto-scaled ones, as write units of global tables have to be: fixed ones from n to n."""
    return AutoScaled(units, units) if isinstance(units, int) else units


def tracking(by: AutoScaled) -> Payload:
    """The target, and how fast it is followed."""
    said = {"ScaleInCooldown": by.scale_in_cooldown, "ScaleOutCooldown": by.scale_out_cooldown}
    told = {name: seconds for name, seconds in said.items() if seconds is not None}
    return {"TargetValue": by.target} | ({} if by.scale_in else {"DisableScaleIn": True}) | told


def scaling_resources(made: Deployment) -> Payload:
    """The scalable targets and their policies, as resources of CloudFormation."""
    return merged(_resources(one, logical_id(made)) for one in scaled(made))


def _resources(one: Scaled, table: str) -> Payload:
    name = table + one.name
    target: Payload = {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": {"Fn::Sub": one.resource(f"${{{table}}}")},
        "ScalableDimension": one.dimension,
        "MinCapacity": one.by.minimum,
        "MaxCapacity": one.by.maximum,
    }
    policy: Payload = {
        "PolicyName": f"{name}Policy",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": {"Ref": f"{name}Target"},
        "TargetTrackingScalingPolicyConfiguration": {
            "PredefinedMetricSpecification": {"PredefinedMetricType": one.metric},
            **tracking(one.by),
        },
    }
    return {
        f"{name}Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target},
        f"{name}Policy": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": policy},
    }
