"""What clients do with tables themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from dynakit.client.running import Awaits, Executes
    from dynakit.management.change import TablePlan
    from dynakit.management.description import TableDescription
    from dynakit.management.watch import Progress
    from dynakit.table import Table


class Tables:
    """Tables, made, compared and changed by their declarations.

    ``stage`` is one that the table declares: its settings are meant, and its table name, where none is bound
    to the connection.
    """

    def __init__(self, client: Executes) -> None:
        self._client = client

    def create(self, table: Table, *, stage: str | None = None, time_to_live: bool = True) -> None:
        """Create a table with all that is declared, and wait until it and its indexes are active.

        ``time_to_live=False`` leaves that off, for tests that read expired items: DynamoDB Local deletes them
        within seconds. Replicas, auto scaling and imports from S3 are left to exports.

        Raises:
            RequestError: when the table is there already; see :meth:`ensure`.
        """
        from dynakit.management.tables import create

        flow = create(table, self._client.environment, stage, time_to_live=time_to_live)
        self._client.run(flow)

    def exists(self, table: Table, *, stage: str | None = None) -> bool:
        """Whether the table is there, active or not."""
        from dynakit.management.tables import exists

        return self._client.run(exists(table, self._client.environment, stage))

    def describe(self, table: Table, *, stage: str | None = None) -> TableDescription:
        """The live table, as it is now.

        Raises:
            TableMissing: where it is not there.
        """
        from dynakit.deployment import deployment
        from dynakit.management.reading import described

        return self._client.run(described(deployment(table, stage), self._client.environment))

    def diff(self, table: Table, *, stage: str | None = None) -> TablePlan:
        """What makes the live table what is declared; ``print`` shows it. Nothing is changed."""
        from dynakit.management.applying import diff

        return self._client.run(diff(table, self._client.environment, stage))

    def apply(
        self, plan: TablePlan, *, progress: Progress | None = None, wait: timedelta | None = None
    ) -> None:
        """Carry out a plan of :meth:`diff`: one change at a time, each waited for.

        A new index of a large table may take hours; ``wait`` bounds each pause for one. When this is killed,
        DynamoDB goes on with the change under way: compare again, and apply what is left.

        Raises:
            PlanRefused: when DynamoDB cannot change what differs (nothing was changed then), or when others
                have changed the table since, so that more is needed than the plan has.
        """
        from dynakit.management.applying import apply

        self._client.run(apply(plan, self._client.environment, progress, wait))

    def ensure(
        self,
        table: Table,
        *,
        stage: str | None = None,
        progress: Progress | None = None,
        wait: timedelta | None = None,
    ) -> TablePlan:
        """Create the table, or add to it and change what takes nothing away; give what was done.

        Raises:
            PlanRefused: when something would be taken away, or cannot be changed; nothing was changed then.
        """
        from dynakit.management.applying import ensure

        return self._client.run(ensure(table, self._client.environment, stage, progress, wait))

    def delete(self, table: Table, *, stage: str | None = None) -> None:
        """Delete a table with all its items, and wait until it is gone.

        Raises:
            TableMissing: where it is not there.
        """
        from dynakit.management.tables import delete

        self._client.run(delete(table, self._client.environment, stage))


class AsyncTables:
    """Tables, made, compared and changed by their declarations.

    ``stage`` is one that the table declares: its settings are meant, and its table name, where none is bound
    to the connection.
    """

    def __init__(self, client: Awaits) -> None:
        self._client = client

    async def create(self, table: Table, *, stage: str | None = None, time_to_live: bool = True) -> None:
        """Create a table with all that is declared, and wait until it and its indexes are active.

        ``time_to_live=False`` leaves that off, for tests that read expired items: DynamoDB Local deletes them
        within seconds. Replicas, auto scaling and imports from S3 are left to exports.

        Raises:
            RequestError: when the table is there already; see :meth:`ensure`.
        """
        from dynakit.management.tables import create

        flow = create(table, self._client.environment, stage, time_to_live=time_to_live)
        await self._client.run(flow)

    async def exists(self, table: Table, *, stage: str | None = None) -> bool:
        """Whether the table is there, active or not."""
        from dynakit.management.tables import exists

        return await self._client.run(exists(table, self._client.environment, stage))

    async def describe(self, table: Table, *, stage: str | None = None) -> TableDescription:
        """The live table, as it is now.

        Raises:
            TableMissing: where it is not there.
        """
        from dynakit.deployment import deployment
        from dynakit.management.reading import described

        return await self._client.run(described(deployment(table, stage), self._client.environment))

    async def diff(self, table: Table, *, stage: str | None = None) -> TablePlan:
        """What makes the live table what is declared; ``print`` shows it. Nothing is changed."""
        from dynakit.management.applying import diff

        return await self._client.run(diff(table, self._client.environment, stage))

    async def apply(
        self, plan: TablePlan, *, progress: Progress | None = None, wait: timedelta | None = None
    ) -> None:
        """Carry out a plan of :meth:`diff`: one change at a time, each waited for.

        A new index of a large table may take hours; ``wait`` bounds each pause for one. When this is killed,
        DynamoDB goes on with the change under way: compare again, and apply what is left.

        Raises:
            PlanRefused: when DynamoDB cannot change what differs (nothing was changed then), or when others
                have changed the table since, so that more is needed than the plan has.
        """
        from dynakit.management.applying import apply

        await self._client.run(apply(plan, self._client.environment, progress, wait))

    async def ensure(
        self,
        table: Table,
        *,
        stage: str | None = None,
        progress: Progress | None = None,
        wait: timedelta | None = None,
    ) -> TablePlan:
        """Create the table, or add to it and change what takes nothing away; give what was done.

        Raises:
            PlanRefused: when something would be taken away, or cannot be changed; nothing was changed then.
        """
        from dynakit.management.applying import ensure

        return await self._client.run(ensure(table, self._client.environment, stage, progress, wait))

    async def delete(self, table: Table, *, stage: str | None = None) -> None:
        """Delete a table with all its items, and wait until it is gone.

        Raises:
            TableMissing: where it is not there.
        """
        from dynakit.management.tables import delete

        await self._client.run(delete(table, self._client.environment, stage))
