"""``schemas.task_manager``: its collections over two indexes, and its index keys after every change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dynakit import ConditionFailed
from schemas.task_manager import (
    Desk,
    Employee,
    Employees,
    HandOver,
    Office,
    Offices,
    Project,
    Projects,
    Status,
    Task,
    Tasks,
    UnknownEmployee,
    work,
)
from tests.integration.backends import Database, Opener, only

TODAY = date(2026, 5, 4)
LYON = Office(office_id="lyon", city="Lyon", country="FR")
PARIS = Office(office_id="paris", city="Paris", country="FR")
PORTO = Office(office_id="porto", city="Porto", country="PT")
ADA = Employee(employee_id="e1", name="Ada", team="web", office_id="lyon")
BEN = Employee(employee_id="e2", name="Ben", team="web", office_id="lyon")
BEA = Employee(employee_id="e3", name="Bea", team="web", office_id="lyon")
CEM = Employee(employee_id="e4", name="Cem", team="ops", office_id="lyon")
DOT = Employee(employee_id="e5", name="Dot", team="web", office_id="porto")
SITE = Project(project_id="site", office_id="lyon", goal="a new site")
MOVE = Project(project_id="move", office_id="porto", goal="a new office")
# Due on 3 May, 5 May and so on: t1 is late, and the due dates run against the ids.
TASKS = [
    Task(project_id="site", task_id=f"t{number}", title=f"task {number}", due_on=TODAY + timedelta(days=day))
    for number, day in enumerate((-1, 7, 3, 1), start=1)
]

on_both = only("embedded", "local")


def filled(open_db: Opener) -> Database:
    db = open_db(work)
    Offices(db.client).put_many([LYON, PARIS, PORTO])
    Employees(db.client).put_many([ADA, BEN, BEA, CEM, DOT])
    Projects(db.client).put_many([SITE, MOVE])
    Tasks(db.client).put_many(TASKS)
    return db


def titles(tasks: list[Task]) -> list[str]:
    return [task.task_id for task in tasks]


@on_both
def test_an_office_comes_with_its_people_and_projects(open_db: Opener) -> None:
    offices = Offices(filled(open_db).client)
    file = offices.file("lyon")
    assert file is not None
    assert file.office == LYON
    assert file.employees == [CEM, ADA, BEA, BEN]
    assert file.projects == [SITE]
    assert offices.file("nowhere") is None


@on_both
def test_offices_employees_and_projects_are_found_by_place(open_db: Opener) -> None:
    client = filled(open_db).client
    employees = Employees(client)
    assert list(Offices(client).in_country("FR")) == [LYON, PARIS]
    assert list(Projects(client).of_office("porto")) == [MOVE]
    assert list(employees.of_office("lyon")) == [CEM, ADA, BEA, BEN]
    assert list(employees.of_team("lyon", "web")) == [ADA, BEA, BEN]
    assert list(employees.of_team("lyon", "web", "Be")) == [BEA, BEN]


@on_both
def test_a_transfer_takes_the_employee_out_of_one_office_into_the_other(open_db: Opener) -> None:
    employees = Employees(filled(open_db).client)
    moved = employees.transfer(ADA, "porto")
    assert moved == ADA.model_copy(update={"office_id": "porto"})
    assert list(employees.of_office("lyon")) == [CEM, BEA, BEN]
    assert list(employees.of_office("porto")) == [moved, DOT]


@on_both
def test_a_project_comes_with_its_tasks_and_they_are_found_by_status(open_db: Opener) -> None:
    client = filled(open_db).client
    tasks = Tasks(client)
    file = Projects(client).file("site")
    assert file is not None
    assert (file.project, file.tasks) == (SITE, TASKS)
    assert Projects(client).file("nothing") is None
    done = tasks.report(TASKS[2], Status.DONE)
    assert list(tasks.of_project("site", Status.DONE)) == [done]
    assert titles(list(tasks.of_project("site", Status.OPEN))) == ["t1", "t4", "t2"]
    assert titles(list(tasks.late("site", Status.OPEN, TODAY))) == ["t1"]
    assert list(tasks.late("site", Status.DONE, TODAY)) == []


@on_both
def test_an_employee_comes_with_the_tasks_assigned_the_most_urgent_first(open_db: Opener) -> None:
    client = filled(open_db).client
    employees, tasks = Employees(client), Tasks(client)
    assert employees.desk("e1") == Desk(ADA, [])
    first, second, third = (tasks.assign(task, "e1") for task in TASKS[:3])
    assert employees.desk("e1") == Desk(ADA, [first, third, second])
    third = tasks.report(third, Status.DONE)
    first = tasks.postpone(first, TODAY + timedelta(days=30))
    assert employees.desk("e1") == Desk(ADA, [third, second, first])
    assert list(tasks.of_employee("e1", TODAY + timedelta(days=7))) == [second]
    tasks.assign(second, None)
    tasks.assign(first, "e2")
    assert employees.desk("e1") == Desk(ADA, [third])
    assert employees.desk("nobody") is None


@on_both
def test_a_task_that_nobody_does_stands_in_no_employees_list(open_db: Opener) -> None:
    db = filled(open_db)
    tasks = Tasks(db.client)
    assigned = tasks.assign(TASKS[0], "e1")
    stored = db.stored(assigned)
    assert stored is not None
    assert (stored["GSI2PK"], stored["GSI2SK"]) == ({"S": "EMPLOYEE#e1"}, {"S": "TASK#2026-05-03#t1"})
    stored = db.stored(tasks.assign(assigned, None))
    assert stored is not None
    assert {"employee_id", "GSI2PK", "GSI2SK"}.isdisjoint(stored)


@on_both
def test_a_change_of_a_task_that_somebody_else_changed_is_refused(open_db: Opener) -> None:
    tasks = Tasks(filled(open_db).client)
    doing = tasks.report(TASKS[0], Status.DOING)
    with pytest.raises(ConditionFailed):
        tasks.report(TASKS[0], Status.DONE)
    assert tasks.require(TASKS[0]) == doing


@on_both
def test_unfinished_tasks_are_handed_over_in_turn(open_db: Opener) -> None:
    client = filled(open_db).client
    employees, tasks = Employees(client), Tasks(client)
    for task in TASKS:
        tasks.assign(task, "e1")
    done = tasks.report(tasks.require(TASKS[0]), Status.DONE)
    assert HandOver(employees, tasks)("e1", ["e2", "e3"]) == []
    left, ben, bea = (employees.desk(one) for one in ("e1", "e2", "e3"))
    assert left == Desk(ADA, [done])
    assert ben is not None
    assert bea is not None
    assert (titles(ben.tasks), titles(bea.tasks)) == (["t4", "t2"], ["t3"])


class Desks:
    """The double of employees and tasks: one desk, and tasks that somebody else is changing."""

    def __init__(self, desk: Desk | None, *busy: str) -> None:
        self.one = desk
        self.busy = busy
        self.assigned: dict[str, str | None] = {}

    def desk(self, employee_id: str) -> Desk | None:
        return self.one

    def assign(self, task: Task, employee_id: str | None) -> Task:
        if task.task_id in self.busy:
            raise ConditionFailed("changed")
        self.assigned[task.task_id] = employee_id
        return task


def test_tasks_that_are_being_changed_are_handed_back() -> None:
    desks = Desks(Desk(ADA, TASKS), "t2", "t3")
    assert HandOver(desks, desks)("e1", ["e2", "e3"]) == TASKS[1:3]
    assert desks.assigned == {"t1": "e2", "t4": "e3"}


def test_without_colleagues_tasks_are_handed_to_nobody() -> None:
    desks = Desks(Desk(ADA, TASKS[:2]))
    assert HandOver(desks, desks)("e1", []) == []
    assert desks.assigned == {"t1": None, "t2": None}


def test_nobody_cannot_hand_over() -> None:
    desks = Desks(None)
    with pytest.raises(UnknownEmployee):
        HandOver(desks, desks)("nobody", ["e2"])
