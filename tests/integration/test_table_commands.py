"""``dynakit table …`` in processes of its own, on a server; one is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from dynakit import Item, Table
from tests.integration.backends import Database, Opener, only
from tests.integration.table_versions import AFTER, BEFORE

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("dynakit"))
ITEMS = 1000
MODULE = "tests.integration.table_versions"


class Crate:
    """One table on the server, by its real name, and the command on it."""

    def __init__(self, open_db: Opener, *, create: bool = True) -> None:
        self.db: Database = open_db(BEFORE, create=create)
        self._endpoint = open_db.endpoint

    @property
    def name(self) -> str:
        return self.db.name(BEFORE)

    def run(self, verb: str, table: str, *options: str) -> subprocess.CompletedProcess[str]:
        with self.started(verb, table, *options) as process:
            out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @contextmanager
    def started(self, verb: str, table: str, *options: str) -> Generator[subprocess.Popen[str]]:
        command = [COMMAND, "table", verb, f"{MODULE}:{table}", "--endpoint", self._endpoint, *options]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "DYNAKIT_TABLE_CRATE": self.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def indexes(self, table: Table) -> set[str]:
        return set(self.db.raw.tables.describe(table).indexes("GlobalSecondaryIndexes"))


@only("local")
def test_a_table_is_created_compared_changed_and_deleted_by_commands(open_db: Opener) -> None:
    crate = Crate(open_db, create=False)
    name = crate.name
    missing = crate.run("describe", "BEFORE")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "there is no such table or index" in missing.stderr
    assert crate.run("create", "BEFORE").stderr == f"created {name}\n"
    again = crate.run("create", "BEFORE")
    assert again.returncode == 1
    assert again.stderr.startswith(f"dynakit: {name}: there already; nothing was created.")
    assert json.loads(crate.run("describe", "BEFORE", "--output", "json").stdout)[0]["TableName"] == name
    differs = crate.run("diff", "AFTER")
    lines = ["- index 'byKind' is deleted", "+ index 'byNote' is created", "+ index 'byAge' is created"]
    plan = "".join([f"{name}:\n", *(f"  {line}\n" for line in lines)])
    assert (differs.returncode, differs.stdout) == (1, plan)
    kept = crate.run("apply", "AFTER", "--keep", "--yes")
    assert (kept.returncode, kept.stderr.startswith(plan)) == (1, True)
    assert "something would be taken away: see the lines with -. Nothing was changed." in kept.stderr
    assert "there is no terminal to ask at" in crate.run("apply", "AFTER").stderr
    assert crate.indexes(AFTER) == {"byKind"}
    applied = crate.run("apply", "AFTER", "--yes")
    told = [f"{number}/3  {line[2:]}\n" for number, line in enumerate(lines, start=1)]
    assert (applied.returncode, applied.stderr) == (0, "".join([plan, *told, f"{name} is as declared\n"]))
    same = crate.run("diff", "AFTER")
    assert (same.returncode, same.stdout) == (0, f"{name}:\n  as declared\n")
    refused = crate.run("apply", "ANOTHER_KEY", "--yes")
    assert refused.returncode == 1
    assert "DynamoDB cannot make it as declared: see the line with !. Nothing was changed." in refused.stderr
    unasked = crate.run("delete", "AFTER")
    assert (unasked.returncode, crate.indexes(AFTER)) == (2, {"byNote", "byAge"})
    assert crate.run("delete", "AFTER", "--yes").stderr == f"deleted {name}\n"
    assert not crate.db.raw.tables.exists(AFTER)


@only("local")
def test_killed_while_a_filled_table_changes_the_same_command_goes_on(open_db: Opener) -> None:
    crate = Crate(open_db)
    items: list[Item] = [
        {"id": {"S": f"{number}"}, "kind": {"S": "k"}, "note": {"S": "n"}} for number in range(ITEMS)
    ]
    for start in range(0, ITEMS, 25):
        requests = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        crate.db.send_raw("BatchWriteItem", {"RequestItems": {crate.name: requests}})
    for gone_so_far in ({"byKind"}, {"byNote"}):
        with crate.started("apply", "AFTER", "--yes") as process:
            while crate.indexes(AFTER) & gone_so_far == ({"byKind"} & gone_so_far):
                assert process.poll() is None, "it ended before it was killed"
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
    assert not crate.db.raw.tables.diff(AFTER).is_empty
    assert crate.run("apply", "AFTER", "--yes").returncode == 0
    assert crate.db.raw.tables.diff(AFTER).is_empty
    query = {
        "TableName": crate.name,
        "IndexName": "byNote",
        "Select": "COUNT",
        "KeyConditionExpression": "note = :n",
        "ExpressionAttributeValues": {":n": {"S": "n"}},
    }
    assert crate.db.send_raw("Query", query)["Count"] == ITEMS
