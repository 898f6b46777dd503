"""Every write keeps every rendered index key in step, or is refused: the rules, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from dynakit import (
    Attr,
    EncodeError,
    Entity,
    Index,
    Key,
    Put,
    StatementError,
    Table,
    Update,
    UpdateAction,
    Upsert,
    attr,
)
from dynakit.wire import AttributeValue
from tests.unit.support.checked import compiled

jobs = Table(
    "jobs",
    pk="PK",
    indexes=[
        Index("by_state", pk="G1PK", sk="G1SK"),
        Index("by_owner", pk="G2PK", sk="G2SK"),
        Index("by_team", pk="team", sk="G3SK"),
        Index("by_due", pk="G1PK", sk="G4SK"),
        Index("of_job", pk="G5PK"),
    ],
)


class Job(Entity, table=jobs):
    """by_state and by_due share a key attribute; by_owner, by_team and by_due are sparse."""

    primary = Key("JOB#{id}")
    by_state = Key("STATE#{state}", "{prio:03d}#{id}", index="by_state")
    by_owner = Key("OWNER#{owner}", "{state}", index="by_owner")
    by_team = Key("{team}", "T#{prio:03d}", index="by_team")
    by_due = Key("STATE#{state}", "DUE#{due}", index="by_due")
    of_job = Key("{id}#{note:lower}", index="of_job")

    id: Attr[str]
    state: Attr[str]
    prio: Attr[int]
    owner: Attr[str | None] = attr(default=None)
    team: Attr[str | None] = attr(default=None)
    due: Attr[str | None] = attr(default=None)
    note: Attr[str] = attr(default="n")
    other: Attr[str | None] = attr(default=None)
    count: Attr[int] = attr(default=0)
    tags: Attr[list[str]] = attr(default_factory=list)


KEY = Job.primary(id="1")

Changes = dict[str, AttributeValue | None]
"""Attribute names to the values set; ``None`` for removed."""


def changes(statement: Update[Job] | Upsert[Job]) -> Changes:
    """The rendered key attributes that a request changes."""
    request = compiled(statement)
    names = cast("dict[str, str]", request["ExpressionAttributeNames"])
    values = cast("dict[str, AttributeValue]", request.get("ExpressionAttributeValues", {}))
    sets, _, removes = cast("str", request["UpdateExpression"]).partition("REMOVE ")
    written: Changes = {}
    for member in sets.removeprefix("SET ").split(", "):
        name, _, value = member.strip().partition(" = ")
        if value in values:
            written[names[name]] = values[value]
    written.update({names[name]: None for name in removes.split(", ") if name})
    return {name: value for name, value in written.items() if name[0] == "G"}


S: AttributeValue = {"S": "STATE#s"}

# What an update does, by what it changes: the rendered keys written with it.
UPDATES: dict[str, tuple[tuple[UpdateAction[Job], ...], Changes]] = {
    "an attribute in no key": ((Job.other.set("x"), Job.count.add(1), Job.tags.append("a")), {}),
    "one part of a key in which all is required: only what it stands in": (
        (Job.prio.set(5), Job.team.set(None)),
        {"G1SK": {"S": "005#1"}, "G3SK": None},
    ),
    "all parts of a sparse key": (
        (Job.owner.set("ann"), Job.state.set("s"), Job.due.set("d")),
        {"G1PK": S, "G2PK": {"S": "OWNER#ann"}, "G2SK": {"S": "s"}, "G4SK": {"S": "DUE#d"}},
    ),
    "a sparse key given up: what is its own is removed": (
        (Job.owner.remove(),),
        {"G2PK": None, "G2SK": None},
    ),
    "the same by None": ((Job.owner.set(None),), {"G2PK": None, "G2SK": None}),
    "what another index shares stays": ((Job.due.remove(),), {"G4SK": None}),
    "an attribute that is a key itself is only set, and the key that goes with it rendered": (
        (Job.team.set("red"), Job.prio.set(7)),
        {"G1SK": {"S": "007#1"}, "G3SK": {"S": "T#007"}},
    ),
    "an attribute that is a key itself removed: the rendered key goes, the user's own attribute as asked": (
        (Job.team.remove(),),
        {"G3SK": None},
    ),
    "a part that is written in lower case": ((Job.note.set("ABC"),), {"G5PK": {"S": "1#abc"}}),
    "a part removed that has a default": ((Job.note.remove(),), {"G5PK": None}),
}

# What cannot be kept in step: the changes, and what is said of them.
REFUSED: dict[str, tuple[tuple[UpdateAction[Job], ...], str]] = {
    "a part of the primary key": ((Job.id.set("2"),), "Job.id: it is part of the primary key"),
    "a part of a sparse key without the others": (
        (Job.owner.set("ann"),),
        "Job.by_owner: this write changes the key, and state is not known",
    ),
    "the other part of a sparse key": (
        (Job.state.set("s"),),
        "Job.by_owner: this write changes the key, and owner is not known",
    ),
    "a part of a key with an attribute that is a key itself": (
        (Job.prio.set(5),),
        "Job.by_team: this write changes the key, and team is not known",
    ),
    "arithmetic": ((Job.prio.add(1),), "Job.prio: it is part of key by_state"),
    "set if absent": ((Job.state.set_if_absent("s"),), "Job.state: it is part of key by_state"),
    "a copy of another attribute": ((Job.owner.set(Job.other),), "Job.owner: it is part of key by_owner"),
    "a required part removed": ((Job.state.remove(),), "Job.state: it is required"),
    "a required attribute removed": ((Job.prio.remove(),), "Job.prio: it is required"),
}


@pytest.mark.parametrize(("actions", "expected"), UPDATES.values(), ids=UPDATES)
def test_an_update_renders_the_keys_it_touches(
    actions: tuple[UpdateAction[Job], ...], expected: Changes
) -> None:
    assert changes(Update(KEY, *actions)) == expected


@pytest.mark.parametrize(("actions", "message"), REFUSED.values(), ids=REFUSED)
def test_an_update_that_would_leave_a_key_stale_is_refused(
    actions: tuple[UpdateAction[Job], ...], message: str
) -> None:
    with pytest.raises(StatementError) as caught:
        compiled(Update(KEY, *actions))
    assert message in str(caught.value)


BIRTH = (Job.state.set("s"), Job.prio.set(5))
BORN: Changes = {"G1PK": S, "G1SK": {"S": "005#1"}}

# What an upsert does: it may make the item, so all keys are rendered that can stand.
UPSERTS: dict[str, tuple[tuple[UpdateAction[Job], ...], Changes | str]] = {
    "without the sparse parts": (
        (*BIRTH, Job.owner.remove(), Job.team.remove(), Job.due.remove(), Job.note.set("n")),
        {**BORN, "G2PK": None, "G2SK": None, "G3SK": None, "G4SK": None, "G5PK": {"S": "1#n"}},
    ),
    "with all": (
        (*BIRTH, Job.owner.set("o"), Job.team.set("t"), Job.due.set("d"), Job.note.set("n")),
        {
            **BORN,
            "G2PK": {"S": "OWNER#o"},
            "G2SK": {"S": "s"},
            "G3SK": {"S": "T#005"},
            "G4SK": {"S": "DUE#d"},
            "G5PK": {"S": "1#n"},
        },
    ),
    "without a required part": ((Job.prio.set(5),), "Job.by_state: this write changes the key, and state"),
    "without a sparse part that the item may have": (
        BIRTH,
        "Job.by_owner: this write changes the key, and owner",
    ),
    "without a part that has a default": (
        (*BIRTH, Job.owner.remove(), Job.team.remove(), Job.due.remove()),
        "Job.of_job: this write changes the key, and note is not known",
    ),
}


@pytest.mark.parametrize(("actions", "expected"), UPSERTS.values(), ids=UPSERTS)
def test_an_upsert_needs_all_parts(actions: tuple[UpdateAction[Job], ...], expected: Changes | str) -> None:
    if isinstance(expected, dict):
        assert changes(Upsert(KEY, *actions)) == expected
        return
    with pytest.raises(StatementError) as caught:
        compiled(Upsert(KEY, *actions))
    assert expected in str(caught.value)


def rendered(**values: object) -> set[str]:
    """The rendered index keys of a put."""
    job = Job.model_validate({"id": "1", "state": "s", "prio": 5, **values})
    return {name for name in compiled(Put(job))["Item"] if name[0] == "G"}


ALWAYS = {"G1PK", "G1SK", "G5PK"}
PUTS: list[tuple[dict[str, object], set[str]]] = [
    ({}, ALWAYS),
    ({"owner": "ann"}, ALWAYS | {"G2PK", "G2SK"}),
    ({"team": "red"}, ALWAYS | {"G3SK"}),
    ({"due": "d"}, ALWAYS | {"G4SK"}),
    ({"owner": "o", "team": "t", "due": "d"}, ALWAYS | {"G2PK", "G2SK", "G3SK", "G4SK"}),
]


@pytest.mark.parametrize(("values", "keys"), PUTS)
def test_a_put_renders_the_keys_of_the_indexes_it_stands_in(
    values: dict[str, object], keys: set[str]
) -> None:
    assert rendered(**values) == keys


TOO_LONG: dict[str, tuple[Callable[[], object], str]] = {
    "an empty key attribute, updated": (
        lambda: compiled(Update(KEY, Job.team.set(""), Job.prio.set(1))),
        "Job.by_team: key attribute 'team' (team) has 0 bytes; expected 1 to 2,048",
    ),
    "a key attribute too long, updated": (
        lambda: compiled(Update(KEY, Job.team.set("x" * 2049), Job.prio.set(1))),
        "Job.by_team: key attribute 'team' (team) has 2,049 bytes",
    ),
    "a rendered key too long, updated": (
        lambda: compiled(Update(KEY, Job.due.set("x" * 1021), Job.state.set("s"), Job.owner.set(None))),
        "Job.by_due: key attribute 'G4SK' (due) has 1,025 bytes; expected 1 to 1,024",
    ),
    "a rendered key too long, put": (
        lambda: rendered(due="x" * 1021),
        "Job.by_due: key attribute 'G4SK' (due) has 1,025 bytes; expected 1 to 1,024",
    ),
    "a key attribute empty, put": (lambda: rendered(team=""), "Job.by_team: key attribute 'team'"),
}


@pytest.mark.parametrize(("write", "message"), TOO_LONG.values(), ids=TOO_LONG)
def test_a_key_of_a_size_that_dynamodb_refuses_is_refused_by_name(
    write: Callable[[], object], message: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        write()
    assert message in str(caught.value)
