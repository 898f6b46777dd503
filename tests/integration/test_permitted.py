"""The use cases of a schema run under the policy of what they use, and under nothing less."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from dynakit import Environment
from dynakit.export.access import Access
from schemas.backend import Post, Posts, SignUp, User, Users, WritePost, posts, users
from tests.integration.backends import Opener, only
from tests.integration.deployed.tables import OWN
from tests.integration.permitted import all_of, check_exactly, policy_for
from tests.unit.export.tables_of_every_kind import EVERY_KIND
from tests.unit.export.test_policies import shop

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
    spare = check_exactly(db.wire.calls, accesses, [users, posts], db.environment)
    assert spare == {"dynamodb:GetItem"}, "besides what tells a lost reply"


def test_no_policy_of_any_use_of_any_schema_allows_more_than_it_names() -> None:
    """No wildcard among actions or tables, and no search but in a statement of its own."""
    for statement in policy_for(all_of([*OWN.values(), *EVERY_KIND, shop]), Environment())["Statement"]:
        actions = statement["Action"]
        assert all(re.fullmatch(r"dynamodb:[A-Za-z]+", action) for action in actions)
        assert "dynamodb:SearchVectors" not in actions or len(actions) == 1
        place = statement["Resource"].partition(":table/")[2]
        assert re.fullmatch(r"[A-Za-z0-9_.-]+(/index/[A-Za-z0-9_.-]+|/stream/\*)?", place)
