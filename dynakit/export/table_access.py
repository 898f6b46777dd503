"""What code does with a table itself: how it is made and changed, and the items that dynakit keeps in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from dynakit.deployment import Deployment, deployment
from dynakit.errors import DefinitionError, did_you_mean
from dynakit.export.access import Grant
from dynakit.properties import counted
from dynakit.schema.private import PREFIX
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.table import Table

TableVerb: TypeAlias = Literal[
    "lease", "sequence", "checkpoint", "describe", "create", "change", "delete_table"
]
"""What code does with a table: it takes leases, numbers of sequences, keeps the checkpoints of a stream's
consumer; describes and compares it, creates it, changes it, deletes it. To ensure it is to create and change.
"""

TABLE_VERBS: tuple[TableVerb, ...] = get_args(TableVerb)

_KEPT: dict[TableVerb, tuple[str, ...]] = {
    "lease": ("GetItem", "UpdateItem"),
    "sequence": ("UpdateItem",),
    "checkpoint": ("GetItem", "PutItem"),
}
"""Each on the items of its kind alone."""

_READS = ("DescribeTable", "DescribeTimeToLive")
_MANAGED: dict[TableVerb, tuple[str, ...]] = {
    "describe": _READS,
    "create": ("CreateTable", *_READS),
    "change": ("UpdateTable", "UpdateTimeToLive", *_READS),
    "delete_table": ("DescribeTable", "DeleteTable"),
}
_REACH: dict[TableVerb, int] = {"describe": 1, "create": 2, "change": 3}
"""How far each goes with settings: it reads them, gives them, takes them away."""

_INSIGHTS = ("DescribeContributorInsights", "UpdateContributorInsights")


@dataclass(frozen=True, init=False)
class TableAccess:
    """That code uses these verbs on a table. Raises :class:`DefinitionError` for an unknown one."""

    table: Table
    verbs: tuple[TableVerb, ...]

    def __init__(self, table: Table, *verbs: TableVerb) -> None:
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "verbs", verbs)
        where = f"access to table {table.name!r}"
        if not verbs:
            raise DefinitionError(f"{where}: got no verb; expected some of {', '.join(TABLE_VERBS)}.")
        for verb in verbs:
            if verb not in TABLE_VERBS:
                raise DefinitionError(f"{where}: got {verb!r}{did_you_mean(verb, TABLE_VERBS) or '.'}")

    def grants(self) -> Iterator[Grant]:
        """The actions that it takes; of those about settings only what some stage declares."""
        stages = [
            deployment(self.table, name) for name in (None, *(stage.name for stage in self.table.stages))
        ]
        for verb in self.verbs:
            if verb in _KEPT:
                yield self._grant(_KEPT[verb], kept=f"{PREFIX}{verb}#")
                continue
            yield self._grant(_MANAGED[verb])
            if verb in _REACH:
                for made in stages:
                    yield from self._settings(made, _REACH[verb])

    def _settings(self, made: Deployment, reach: int) -> Iterator[Grant]:
        for actions in _actions(made):
            yield self._grant(tuple(action for each in actions[:reach] for action in each))
        for index in counted(made, made.settings):
            yield self._grant(_INSIGHTS[:reach], f"/index/{index}" if index else "")

    def _grant(self, actions: tuple[str, ...], part: str = "", kept: str | None = None) -> Grant:
        return Grant(self.table, self.table.name, frozenset(actions), part, None, kept)


def _actions(made: Deployment) -> Iterator[tuple[tuple[str, ...], ...]]:
    """For each setting the actions that read it, that give it, that take it away."""
    settings = made.settings
    if made.table.time_to_live is not None:
        yield (), ("UpdateTimeToLive",)
    if settings.point_in_time_recovery is not None:
        yield ("DescribeContinuousBackups",), ("UpdateContinuousBackups",)
    if settings.kinesis is not None:
        to = "KinesisStreamingDestination"
        yield (f"Describe{to}",), (f"Enable{to}",), (f"Disable{to}", f"Update{to}")
    if settings.tags is not None:
        yield ("ListTagsOfResource",), ("TagResource",), ("UntagResource",)
    if settings.resource_policy is not None:
        yield ("GetResourcePolicy",), ("PutResourcePolicy",)
