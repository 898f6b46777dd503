"""How a table of a model is paid for.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/workbench.Modeler.AddTable.html
"""

from __future__ import annotations

from dynakit.capacity import ON_DEMAND, AutoScaled, Capacity, Provisioned
from dynakit.workbench.parts import Part

_MEMBERS = ("Read", "Write")


def capacity_of(table: Part) -> Capacity:
    """The capacity of a table: auto-scaled where the model says so; on demand where it says nothing.

    Raises:
        WorkbenchError: when the model's settings are malformed.
        DefinitionError: when units are out of their range.
    """
    if table.text("BillingMode", "PAY_PER_REQUEST") != "PROVISIONED":
        return ON_DEMAND
    settings = table.part("ProvisionedCapacitySettings")
    throughput = settings.part("ProvisionedThroughput")
    read, write = (_units(settings, throughput, member) for member in _MEMBERS)
    return Provisioned(read, write)


def _units(settings: Part, throughput: Part, member: str) -> int | AutoScaled:
    units = throughput.whole(f"{member}CapacityUnits")
    scaling = settings.part(f"AutoScaling{member}", optional=True)
    if not scaling.members:
        return units
    target = scaling.part("ScalableTargetRequest")
    least, most = target.whole("MinCapacity"), target.whole("MaxCapacity")
    utilization = scaling.part("ScalingPolicyConfiguration").whole("TargetValue")
    return AutoScaled(least, most, utilization, units if least < units <= most else None)
