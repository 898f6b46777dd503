"""The use cases of a schema run under the policy of what they use, and under nothing less."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dynakit.export.access import Access
from dynakit.export.iam import refused
from dynakit.export.permissions import permissions_of
from schemas.backend import Post, Posts, SignUp, User, Users, WritePost, posts, users
from tests.integration.backends import Opener, only
from tests.integration.permitted import policy_for

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
"""When somebody signs up and writes."""


@only("local", "embedded")
def test_what_use_cases_call_is_allowed_and_no_action_is_spare(open_db: Opener) -> None:
    db = open_db(users, posts)
    directory, written = Users(db.client), Posts(db.client)
    ana = SignUp(directory)(username="ana", cpf="529.982.247-25", name="Ana", email="ana@example.com", at=NOW)
    assert directory.with_cpf(ana.cpf) == ana
    assert directory.with_id(ana.id) == ana
    WritePost(written)(user_id=ana.id, text="hello", at=NOW)
    assert [post.text for post in written.between(ana.id, NOW.date(), NOW.date()).items] == ["hello"]
    accesses: list[Access[Any]] = [
        Access(User, "put", "query"),
        Access(User.by_cpf, "query"),
        Access(Post, "put", "query"),
    ]
    document = policy_for(accesses, db.environment)
    needed = {one for call in db.wire.calls for one in permissions_of(call)}
    assert refused(document, needed) == []
    used = {one.action for one in needed}
    for statement in document["Statement"]:
        for action in used.intersection(statement["Action"]):
            less = {**statement, "Action": [one for one in statement["Action"] if one != action]}
            others = [less if one is statement else one for one in document["Statement"]]
            assert refused({**document, "Statement": others}, needed), f"{action} is spare"
    spare = {action for one in document["Statement"] for action in one["Action"]} - used
    assert spare <= {"dynamodb:GetItem"}, "besides what tells a lost reply"
