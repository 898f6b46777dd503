"""Offices, their employees and projects, and the tasks of both, on one table with two indexes.

========  ========================  ==========================================  =============================
entity    table: PK / SK            GSI1: GSI1PK / GSI1SK                       GSI2: GSI2PK / GSI2SK
========  ========================  ==========================================  =============================
Office    OFFICE# / OFFICE          OFFICE# / OFFICE                            COUNTRY# / city, id
Employee  EMPLOYEE# / EMPLOYEE      OFFICE# / EMPLOYEE# team, name, id          EMPLOYEE# / EMPLOYEE
Project   PROJECT# / PROJECT        OFFICE# / PROJECT#
Task      PROJECT# / TASK#          PROJECT# / status, due on, id               EMPLOYEE# / TASK# due on, id
========  ========================  ==========================================  =============================

Three collections, each read by one query: an office with its people and projects (GSI1), an employee
with the tasks assigned (GSI2), a project with its tasks (the table).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import cycle
from typing import Protocol

from dynakit import Attr, ConditionFailed, Entity, Index, Key, Repository, Table, attr, ulid

work = Table(
    "TaskManager",
    pk="PK",
    sk="SK",
    indexes=[
        Index("GSI1", pk="GSI1PK", sk="GSI1SK"),
        Index("GSI2", pk="GSI2PK", sk="GSI2SK"),
    ],
)


class Status(StrEnum):
    """How far a task is."""

    OPEN = "open"
    DOING = "doing"
    DONE = "done"


class Office(Entity, table=work):
    """A place to work."""

    primary = Key("OFFICE#{office_id}", "OFFICE")
    with_everything = Key("OFFICE#{office_id}", "OFFICE", index="GSI1")
    by_country = Key("COUNTRY#{country}", "{city}#{office_id}", index="GSI2")

    office_id: Attr[str]
    city: Attr[str]
    country: Attr[str] = attr(pattern="^[A-Z]{2}$")


class Employee(Entity, table=work):
    """Somebody who works in an office, in a team."""

    primary = Key("EMPLOYEE#{employee_id}", "EMPLOYEE")
    by_office = Key("OFFICE#{office_id}", "EMPLOYEE#{team}#{name}#{employee_id}", index="GSI1")
    with_tasks = Key("EMPLOYEE#{employee_id}", "EMPLOYEE", index="GSI2")

    employee_id: Attr[str] = attr(default_factory=ulid)
    name: Attr[str]
    team: Attr[str]
    office_id: Attr[str]


class Project(Entity, table=work):
    """Something an office works on."""

    primary = Key("PROJECT#{project_id}", "PROJECT")
    by_office = Key("OFFICE#{office_id}", "PROJECT#{project_id}", index="GSI1")

    project_id: Attr[str]
    office_id: Attr[str]
    goal: Attr[str]


class Task(Entity, table=work):
    """A piece of a project's work; while nobody does it, it stands in no employee's list."""

    primary = Key("PROJECT#{project_id}", "TASK#{task_id}")
    by_status = Key("PROJECT#{project_id}", "{status}#{due_on}#{task_id}", index="GSI1")
    by_employee = Key("EMPLOYEE#{employee_id}", "TASK#{due_on}#{task_id}", index="GSI2")

    project_id: Attr[str]
    task_id: Attr[str] = attr(default_factory=ulid)
    title: Attr[str]
    status: Attr[Status] = attr(default=Status.OPEN)
    due_on: Attr[date]
    employee_id: Attr[str | None] = attr(default=None)
    hours: Attr[int] = attr(default=1, ge=1)
    revision: Attr[int] = attr(default=0)


@dataclass(frozen=True)
class OfficeFile:
    """An office with everything that belongs to it."""

    office: Office
    employees: list[Employee]
    projects: list[Project]


@dataclass(frozen=True)
class ProjectFile:
    """A project with all of its tasks, in the order they were thought of."""

    project: Project
    tasks: list[Task]


@dataclass(frozen=True)
class Desk:
    """An employee with the tasks assigned, the most urgent first."""

    employee: Employee
    tasks: list[Task]


class Offices(Repository[Office]):
    """The places to work."""

    def in_country(self, country: str) -> Iterator[Office]:
        """The offices of a country, by city."""
        return self.iterate(Office.by_country(Office.country == country))

    def file(self, office_id: str) -> OfficeFile | None:
        """An office with all its employees and projects, in one query."""
        found = self.client.collect([Office, Employee, Project], index="GSI1", office_id=office_id)
        offices = found[Office]
        return OfficeFile(offices[0], found[Employee], found[Project]) if offices else None


class Employees(Repository[Employee]):
    """The people who work."""

    def of_office(self, office_id: str) -> Iterator[Employee]:
        """The employees of an office, by team and name."""
        return self.iterate(Employee.by_office(Employee.office_id == office_id))

    def of_team(self, office_id: str, team: str, initial: str = "") -> Iterator[Employee]:
        """The employees of a team in an office whose names begin so, by name."""
        return self.iterate(
            Employee.by_office(
                Employee.office_id == office_id, Employee.team == team, Employee.name.begins_with(initial)
            )
        )

    def desk(self, employee_id: str) -> Desk | None:
        """An employee with all tasks assigned, in one query."""
        found = self.client.collect([Employee, Task], index="GSI2", employee_id=employee_id)
        employees = found[Employee]
        return Desk(employees[0], found[Task]) if employees else None

    def transfer(self, employee: Employee, office_id: str) -> Employee:
        """Let an employee work in another office; the key of the index goes with it."""
        return self.update(employee, Employee.office_id.set(office_id))


class Projects(Repository[Project]):
    """What the offices work on."""

    def of_office(self, office_id: str) -> Iterator[Project]:
        """The projects of an office."""
        return self.iterate(Project.by_office(Project.office_id == office_id))

    def file(self, project_id: str) -> ProjectFile | None:
        """A project with all of its tasks, in one query."""
        found = self.client.collect([Project, Task], project_id=project_id)
        projects = found[Project]
        return ProjectFile(projects[0], found[Task]) if projects else None


class Tasks(Repository[Task]):
    """What there is to do."""

    def of_project(self, project_id: str, status: Status) -> Iterator[Task]:
        """The tasks of a project that are this far, the most urgent first."""
        return self.iterate(Task.by_status(Task.project_id == project_id, Task.status == status))

    def late(self, project_id: str, status: Status, today: date) -> Iterator[Task]:
        """The tasks of a project that are this far and were due before today, the longest overdue first."""
        return self.iterate(
            Task.by_status(Task.project_id == project_id, Task.status == status, Task.due_on < today)
        )

    def of_employee(self, employee_id: str, due_by: date) -> Iterator[Task]:
        """The tasks of an employee that are not done and due up to a day, that day included."""
        assigned = Task.by_employee(Task.employee_id == employee_id, Task.due_on <= due_by)
        return self.iterate(assigned.filter(Task.status != Status.DONE))

    def assign(self, task: Task, employee_id: str | None) -> Task:
        """Give a task to an employee, or with ``None`` to nobody. Raises as :meth:`change`."""
        return self.change(task, employee_id=employee_id, status=task.status, due_on=task.due_on)

    def report(self, task: Task, status: Status) -> Task:
        """Note how far a task is. Raises as :meth:`change`."""
        return self.change(task, employee_id=task.employee_id, status=status, due_on=task.due_on)

    def postpone(self, task: Task, due_on: date) -> Task:
        """Set another day for a task. Raises as :meth:`change`."""
        return self.change(task, employee_id=task.employee_id, status=task.status, due_on=due_on)

    def change(self, task: Task, *, employee_id: str | None, status: Status, due_on: date) -> Task:
        """Write what the index keys of a task are made of: together, as one key holds several of them.

        Raises :class:`~dynakit.ConditionFailed` when somebody else changed the task since it was read.
        """
        return self.update(
            task,
            Task.employee_id.set(employee_id),
            Task.status.set(status),
            Task.due_on.set(due_on),
            Task.revision.add(1),
            where=Task.revision == task.revision,
        )


class Team(Protocol):
    """What handing over asks of the employees."""

    def desk(self, employee_id: str) -> Desk | None: ...


class Board(Protocol):
    """What handing over asks of the tasks."""

    def assign(self, task: Task, employee_id: str | None) -> Task: ...


class UnknownEmployee(Exception):
    """There is no such employee."""


@dataclass(frozen=True)
class HandOver:
    """An employee who leaves hands all unfinished tasks over to colleagues in turn, to nobody without any."""

    employees: Team
    tasks: Board

    def __call__(self, employee_id: str, to: Iterable[str]) -> list[Task]:
        """Give the tasks to others, and return those that somebody else was changing at that moment.

        Raises :class:`UnknownEmployee`.
        """
        desk = self.employees.desk(employee_id)
        if desk is None:
            raise UnknownEmployee
        unfinished = [task for task in desk.tasks if task.status is not Status.DONE]
        return [
            task
            for task, colleague in zip(unfinished, cycle([*to] or [None]), strict=False)
            if not self._assigned(task, colleague)
        ]

    def _assigned(self, task: Task, colleague: str | None) -> bool:
        try:
            self.tasks.assign(task, colleague)
        except ConditionFailed:
            return False
        return True
