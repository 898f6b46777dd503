"""What can stand between a program and its tables, checked in the order in which it would be met."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from dynakit.cli.doctor_reach import Reached, reach
from dynakit.cli.doctor_tables import difference
from dynakit.cli.options import Form
from dynakit.cli.printing import out, show
from dynakit.client.connect import is_memory
from dynakit.deployment import deployment
from dynakit.errors import AccessDenied, DynakitError, RequestError, TableMissing
from dynakit.operations.reply import CredentialsMissing, Failure
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.client.sync import Client
    from dynakit.table import Table
    from dynakit.transport.endpoint import Endpoint

MOST_SKEW: Final = 240
"""Seconds a clock may be wrong: AWS refuses signatures of more than five minutes."""

_RESOLUTION: Final = 2
"""Seconds: the time of a reply has whole ones, and is written a moment before it is read."""

_FORBIDDEN: Final = {"AccessDeniedException", "AccessDenied"}
"""Codes that refuse what was asked for; by others who asks is refused."""


@dataclass(frozen=True)
class Finding:
    """A check: what was looked at, whether it is good, what was found, and what to do if it is not."""

    check: str
    good: bool
    found: str


def show_findings(findings: Collection[Finding], form: Form) -> None:
    """Write a line for each, or a list as JSON or YAML."""
    if form is not Form.TABLE:
        show([asdict(one) for one in findings], form)
        return
    width = max(len(one.check) for one in findings)
    for one in findings:
        out(f"{'ok  ' if one.good else 'FAIL'}  {one.check:<{width}}  {' '.join(one.found.split())}")


def examine(
    tables: Iterable[Table],
    *,
    endpoint: str | None,
    region: str | None,
    stage: str | None,
    named: str,
) -> Iterator[Finding]:
    """Each check, up to one that the rest depends on and that is not good.

    ``named`` is what the commands that are advised are to be given: the target and options.
    """
    if not is_memory(endpoint):
        from dynakit.transport.endpoint import resolve

        try:
            place = resolve(endpoint, region)
        except DynakitError as error:
            yield Finding("region", False, str(error))
            return
        yield Finding("region", True, place.region)
        for finding in _ways(place):
            yield finding
            if not finding.good and finding.check != "clock":
                return
    yield from _stored(tables, endpoint, region, stage, named)


def _ways(place: Endpoint) -> Iterator[Finding]:
    reached = reach(place)
    yield Finding("endpoint", reached.problem is None, reached.problem or place.url)
    if reached.skew is not None:
        yield _clock(reached)
    yield _credentials(place)


def _clock(reached: Reached) -> Finding:
    seconds = round(reached.skew or 0)
    if abs(seconds) <= _RESOLUTION:
        return Finding("clock", True, "right")
    found = f"{abs(seconds)} s {'behind' if seconds > 0 else 'ahead of'} the server's"
    good = abs(seconds) <= MOST_SKEW
    return Finding("clock", good, found if good else f"{found}; signatures are refused. Set it by NTP.")


def _credentials(place: Endpoint) -> Finding:
    from dynakit.transport.credentials import AccessKeys, Credentials

    try:
        keys = Credentials(None, local=place.is_local).keys()
    except CredentialsMissing as missing:
        found = f"{missing.reason}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile."
        return Finding("credentials", False, found)
    except (DynakitError, Failure) as error:
        found = f"they could not be got: {error}. Sign in again, or give --profile."
        return Finding("credentials", False, found)
    if place.is_local and keys == AccessKeys("local", "local"):
        return Finding("credentials", True, "none; a server on this machine asks for none")
    kind = "temporary" if keys.session_token else "permanent"
    return Finding("credentials", True, f"{kind}, access key …{keys.access_key_id[-4:]}")


def _stored(
    tables: Iterable[Table], endpoint: str | None, region: str | None, stage: str | None, named: str
) -> Iterator[Finding]:
    from dynakit.cli.connection import connected

    declared = [*tables]
    with connected(declared, endpoint=endpoint, region=region, stage=stage) as db:
        yield _access(db)
        for table in declared:
            yield _table(db, table, stage, named)


def _access(db: Client) -> Finding:
    """Whether the service knows who asks: that listing tables is not allowed says so, too."""
    try:
        db.call("ListTables", {"Limit": 1})
    except AccessDenied as error:
        if error.code not in _FORBIDDEN:
            return Finding("access", False, str(error))
        return Finding("access", True, "the credentials are known; they may not list tables")
    except RequestError as error:
        return Finding("access", False, str(error))
    return Finding("access", True, "the credentials are accepted")


def _table(db: Client, table: Table, stage: str | None, named: str) -> Finding:
    name = db.environment.table_name(table)
    check = f"table {name}"
    try:
        described = db.call("DescribeTable", {"TableName": name})["Table"]
    except TableMissing:
        found = f"it is not there, in this region and account. Create it: dynakit table create {named}"
        return Finding(check, False, found)
    except RequestError as error:
        return Finding(check, False, str(error))
    problem = difference(deployment(table, stage), described, named)
    return Finding(check, problem is None, problem or "active, as declared")
