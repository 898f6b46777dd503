"""IAM policies that allow what code does with entities, and nothing else.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from dynakit.errors import DefinitionError
from dynakit.export.access import Access, Grant
from dynakit.export.permissions import Permission
from dynakit.export.table_access import TableAccess
from dynakit.keys.part import KeyPart, PlainPart, TemplatePart
from dynakit.keys.template import BoundTemplate
from dynakit.schema.definition import EntityKey
from dynakit.schema.private import PREFIX
from dynakit.schema.registry import definitions_of
from dynakit.table import Table

Statement: TypeAlias = dict[str, Any]
"""One statement of a policy document."""

Policy: TypeAlias = dict[str, Any]
"""A policy document."""

Arn: TypeAlias = Callable[[Table, str], object]
"""A table, and what stands below it (``/index/NAME`` or nothing) → its ARN, or CloudFormation's way to it."""

LEADING_KEYS = "dynamodb:LeadingKeys"

_SEARCH = "Search"
_WILD = {"*": ".*", "?": "."}


def any_account(table: Table, part: str) -> str:
    """The ARN of a table of that name in whatever account and region the policy is."""
    return f"arn:aws:dynamodb:*:*:table/{table.name}{part}"


def policy(
    accesses: Iterable[Access[Any] | TableAccess],
    *,
    tenant: Mapping[str, str] | None = None,
    arn: Arn = any_account,
) -> Policy:
    """The policy document for code that uses entities and tables so.

    ``tenant`` gives, by attribute, what stands for the tenant's own value, such as
    ``{"customer_id": "${aws:PrincipalTag/customer}"}``: then only items are allowed whose partition key, on
    the table and on each index, has it. That holds for all actions but ``SearchVectors``, which knows no
    leading keys and stands in a statement of its own, and for what is no tenant's: leases, sequences,
    checkpoints, guards of unique values. Of these only the items that dynakit keeps for them are allowed.

    Raises:
        DefinitionError: with ``tenant``, for a key that does not hold one of its attributes, or where a
            pattern would be like keys of other tenants, too; for scans and streams, and for what is done with
            a table itself.
    """
    grants = [grant for access in accesses for grant in access.grants()]
    statements = list(_statements(grants, tenant, arn))
    _number(statements)
    return {"Version": "2012-10-17", "Statement": statements}


def _number(statements: Iterable[Statement]) -> None:
    """No two statements of a policy may be called the same."""
    taken: set[str] = set()
    for statement in statements:
        own, number = statement["Sid"], 1
        while statement["Sid"] in taken:
            number += 1
            statement["Sid"] = f"{own}{number}"
        taken.add(statement["Sid"])


def _statements(grants: Sequence[Grant], tenant: Mapping[str, str] | None, arn: Arn) -> Iterator[Statement]:
    tables = {grant.table: None for grant in grants}
    for table in tables:
        own = [grant for grant in grants if grant.table is table]
        for part, label in sorted({(grant.part, _label(grant)) for grant in own}):
            chosen = [grant for grant in own if (grant.part, _label(grant)) == (part, label)]
            name = f"{table.name}{part.replace('/index/', '')}{label}"
            for leading, actions in _by_leading(chosen, tenant).items():
                yield _statement(name, arn(table, part), actions, leading)


def _by_leading(
    grants: Sequence[Grant], tenant: Mapping[str, str] | None
) -> dict[tuple[str, ...], list[str]]:
    """The actions by the partition keys that they are about: one on some of them is not allowed on others."""
    of_action: dict[str, set[str]] = {}
    for grant in grants:
        for action in grant.actions:
            of_action.setdefault(action, set()).update(_leading(grant, tenant))
    found: dict[tuple[str, ...], list[str]] = {}
    for action, leading in sorted(of_action.items()):
        found.setdefault(tuple(sorted(leading)), []).append(action)
    return found


def _label(grant: Grant) -> str:
    """What stands in a statement of its own is called by this."""
    if "SearchVectors" in grant.actions:
        return _SEARCH
    return "" if grant.kept is None else grant.kept.strip(PREFIX).partition("#")[0].capitalize()


def _statement(name: str, resource: object, actions: Sequence[str], leading: Sequence[str]) -> Statement:
    statement: Statement = {
        "Sid": re.sub(r"[^A-Za-z0-9]", "", name),
        "Effect": "Allow",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": resource,
    }
    if leading:
        # ForAllValues holds where there is no such key at all.
        statement["Condition"] = {
            "ForAllValues:StringLike": {LEADING_KEYS: list(leading)},
            "Null": {LEADING_KEYS: "false"},
        }
    return statement


def _leading(grant: Grant, tenant: Mapping[str, str] | None) -> Iterator[str]:
    """What the partition keys of the items look like, where only some are meant."""
    if _label(grant) == _SEARCH:
        return
    if grant.kept is not None:
        yield _literal(grant.kept) + "*"
    elif tenant is not None:
        yield _of_tenant(grant, tenant)


def _of_tenant(grant: Grant, tenant: Mapping[str, str]) -> str:
    name, key = grant.name, grant.key
    if key is None or "Scan" in grant.actions:
        raise DefinitionError(
            f"access to {name}: {', '.join(sorted(grant.actions))} reaches what is all tenants'. Query "
            "instead, or write a policy of its own for that code."
        )
    part = key.partition[0]
    missing = sorted(set(tenant).difference(part.names))
    if missing:
        raise DefinitionError(
            f"access to {name}.{key.name}: its partition key {part.source!r} does not hold {missing[0]!r}, "
            "so that items of one tenant cannot be told from others'. Put it into the template, or leave the "
            "pattern out.",
            entity=name,
            attribute=key.name,
        )
    if isinstance(part, TemplatePart) and not _tells_tenants(part.template, tenant):
        raise DefinitionError(
            f"access to {name}.{key.name}: in its partition key {part.source!r} the tenant cannot be told "
            "from others by a pattern; expected it before other attributes, or after them all, behind '#' "
            "and not as :raw. Change the template, or leave the pattern out.",
            entity=name,
            attribute=key.name,
        )
    other = _spanned(grant.table, key, tenant)
    if other is not None:
        raise DefinitionError(
            f"access to {name}.{key.name}: a pattern for its partition key {part.source!r} could be like "
            f"keys of {other}, which begin alike. Put the tenant first, or let them begin differently.",
            entity=name,
            attribute=key.name,
        )
    return _pattern(part, tenant)


def _spanned(table: Table, key: EntityKey, tenant: Mapping[str, str]) -> str | None:
    """A pattern of the table whose keys a ``*`` in front of the tenant could span, as they begin alike."""
    part = key.partition[0]
    if not isinstance(part, TemplatePart) or all(
        one.name in tenant for one in part.template.placeholders[:1]
    ):
        return None
    for definition in definitions_of(table):
        for other in definition.keys.values():
            beside = other.partition[0]
            if other.index == key.index and beside.source != part.source and _begin_alike(part, beside):
                return f"{definition.name}.{other.name}"
    return None


def _begin_alike(first: KeyPart, second: KeyPart) -> bool:
    one, other = (
        part.template.template.head if isinstance(part, TemplatePart) else "" for part in (first, second)
    )
    return one.startswith(other) or other.startswith(one)


def _tells_tenants(template: BoundTemplate, tenant: Mapping[str, str]) -> bool:
    """Whether a pattern with ``*`` for other attributes is like no key of another tenant.

    What stands before them is ended by the literal text behind it. Where what stands behind them begins, only
    ``#`` tells, which texts in keys never hold; and ``*`` before and after it would span what is between.
    """
    before, others, behind = template.template.head, False, False
    for number, each in enumerate(template.placeholders):
        last = number + 1 == len(template.placeholders)
        if each.name not in tenant:
            if behind:
                return False
            others = True
        elif others:
            behind = True
            if each.segment.raw or not before.endswith("#") or not template.template.head:
                return False
        elif not each.tail and not last:
            return False
        before = each.tail
    return True


def _pattern(part: KeyPart, tenant: Mapping[str, str]) -> str:
    if isinstance(part, PlainPart):
        return tenant[part.name]
    template = part.template
    pieces = [_literal(template.template.head)]
    for placeholder in template.placeholders:
        pieces += [tenant.get(placeholder.name, "*"), _literal(placeholder.tail)]
    return "".join(pieces)


def _literal(text: str) -> str:
    return re.sub(r"[*?$]", lambda found: f"${{{found[0]}}}", text)


def refused(
    document: Policy, needed: Iterable[Permission], *, variables: Mapping[str, str] | None = None
) -> list[Permission]:
    """Those of the permissions that a policy does not give; for a test of what code really calls.

    It knows what :func:`policy` writes: actions, resources with wildcards, and conditions on leading keys, in
    which ``variables`` stand for their values (``{"aws:PrincipalTag/customer": "c1"}``).
    """
    return [one for one in sorted(needed, key=str) if not _allowed(document, one, variables or {})]


def _allowed(document: Policy, needed: Permission, variables: Mapping[str, str]) -> bool:
    arn = f":table/{needed.table}{needed.part}"
    return any(
        needed.action in statement["Action"]
        and _like(":table/" + str(statement["Resource"]).partition(":table/")[2], arn, {})
        and _holds(statement.get("Condition"), needed, variables)
        for statement in document["Statement"]
    )


def _holds(condition: Mapping[str, Any] | None, needed: Permission, variables: Mapping[str, str]) -> bool:
    if condition is None:
        return True
    patterns: list[str] = condition["ForAllValues:StringLike"][LEADING_KEYS]
    leading = needed.leading or ()
    return bool(leading) and all(
        any(_like(pattern, key, variables) for pattern in patterns) for key in leading
    )


def _like(pattern: str, text: str, variables: Mapping[str, str]) -> bool:
    """Whether a text is like a pattern in which ``*`` and ``?`` stand for others, ``${*}`` for themselves."""
    written = ""
    for name, other in re.findall(r"\$\{([^}]*)\}|(.)", pattern, re.DOTALL):
        if name:
            written += re.escape(str(name) if name in "*?$" else variables.get(name, ""))
        else:
            written += _WILD.get(other) or re.escape(other)
    return re.fullmatch(written, text, re.DOTALL) is not None
