"""Changes inside an attribute: parents that are missing, merging and replacing."""

from __future__ import annotations

import pytest

from dynakit import (
    Attr,
    Entity,
    Key,
    NotFound,
    Repository,
    RequestError,
    StatementError,
    Table,
    Update,
    VersionConflict,
    attr,
)
from tests.integration.backends import Database, Opener

profiles = Table("profiles", pk="PK", sk=None)


class Place(Entity):
    """Its city is needed."""

    city: Attr[str]
    street: Attr[str | None] = attr(default=None)


class Settings(Entity):
    """Nothing is needed."""

    theme: Attr[str] = attr(default="light", name="Theme")
    size: Attr[int] = attr(default=1)
    home: Attr[Place | None] = attr(default=None)
    labels: Attr[dict[str, str]] = attr(default_factory=dict)


class Profile(Entity, table=profiles):
    """Maps within maps."""

    primary = Key("PROFILE#{profile_id}")

    profile_id: Attr[str]
    settings: Attr[Settings | None] = attr(default=None)
    tags: Attr[dict[str, str]] = attr(default_factory=dict)
    places: Attr[list[Place]] = attr(default_factory=list)


ONE = Profile.primary(profile_id="1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(profiles)


@pytest.fixture
def repository(db: Database) -> Repository[Profile]:
    return db.repository(Profile)


def test_missing_parents_are_written_with_what_is_set(db: Database, repository: Repository[Profile]) -> None:
    repository.create(Profile(profile_id="1"))
    db.wire.clear()
    found = repository.update(
        ONE,
        (Profile.settings / Settings.theme).set("dark"),
        (Profile.settings / Settings.home / Place.city).set("Rome"),
    )
    assert found.settings == Settings(theme="dark", home=Place(city="Rome"))
    assert db.wire.actions == ["UpdateItem", "GetItem", "UpdateItem"]
    found = repository.update(ONE, (Profile.settings / Settings.labels)["a"].set("b"))
    assert found.settings == Settings(theme="dark", home=Place(city="Rome"), labels={"a": "b"})
    db.wire.clear()
    repository.update(ONE, (Profile.settings / Settings.size).set(2))
    assert db.wire.actions == ["UpdateItem"]


def test_a_parent_that_would_not_be_whole_is_refused(db: Database, repository: Repository[Profile]) -> None:
    repository.create(Profile(profile_id="1"))
    before = db.stored(ONE)
    with pytest.raises(StatementError, match=r"settings: it is not stored.*city.*Set the whole"):
        repository.update(ONE, (Profile.settings / Settings.home / Place.street).set("Via Appia"))
    with pytest.raises(RequestError):
        repository.update(ONE, (Profile.places[0] / Place.city).set("Rome"))
    with pytest.raises(NotFound):
        repository.update(Profile.primary(profile_id="2"), (Profile.settings / Settings.size).set(2))
    assert db.stored(ONE) == before


def test_parents_that_came_in_between_are_not_overwritten(
    db: Database, repository: Repository[Profile]
) -> None:
    repository.create(Profile(profile_id="1"))

    def another_writer(_: object) -> None:
        if db.wire.actions == ["UpdateItem", "GetItem", "UpdateItem"]:
            db.raw.execute(Update(ONE, Profile.settings.set(Settings(size=7))))

    db.wire.clear()
    db.wire.before = another_writer
    with pytest.raises(VersionConflict):
        repository.update(ONE, (Profile.settings / Settings.theme).set("dark"))
    assert repository.require(ONE).settings == Settings(size=7)


def test_merging_leaves_the_rest_and_setting_replaces(repository: Repository[Profile]) -> None:
    repository.create(
        Profile(profile_id="1", settings=Settings(theme="dark", size=3, home=Place(city="Rome")))
    )
    found = repository.update(ONE, Profile.settings.merge(size=4, home=None))
    assert found.settings == Settings(theme="dark", size=4)
    found = repository.update(
        ONE, (Profile.settings / Settings.labels).merge(a="b"), Profile.tags.merge(x="y")
    )
    assert (found.settings, found.tags) == (Settings(theme="dark", size=4, labels={"a": "b"}), {"x": "y"})
    found = repository.update(ONE, Profile.settings.set(Settings(size=5)))
    assert found.settings == Settings(size=5)


def test_a_merge_is_checked_as_its_parts_are(repository: Repository[Profile]) -> None:
    repository.create(Profile(profile_id="1", settings=Settings()))
    with pytest.raises(StatementError, match="there is no 'siz' at this path; did you mean 'size'"):
        repository.update(ONE, Profile.settings.merge(siz=4))
    with pytest.raises(StatementError, match="changes nothing"):
        repository.update(ONE, Profile.settings.merge())
    with pytest.raises(Exception, match="Profile.settings.size"):
        repository.update(ONE, Profile.settings.merge(size="four"))
