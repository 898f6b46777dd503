"""``python -m benchmarks client | local | start | memory | growth | all``: what clients of DynamoDB cost.

``client`` measures against a server that answers from memory, ``local`` against DynamoDB Local, ``start``
fresh processes, ``memory`` the memory of scans, ``growth`` what sizes do. ``own`` counts dynakit's own code
alone. ``show`` measures nothing, and shows what ``--json FILE`` holds.

``--quick`` is a short run that shows whether everything works; its figures mean little.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from benchmarks import outcome, own
from benchmarks.machine import described
from benchmarks.peer import PEERS, peers

GROUPS = ("client", "local", "start", "memory", "growth")


def main(arguments: list[str]) -> int:
    """Measure, and show. The status is 1 if a client gave or wrote wrong data."""
    asked = parsed(arguments)
    if asked.case == "own":
        own.main()
        return 0
    run = outcome.read(asked.json) if asked.case == "show" else measured(asked)
    outcome.publish(run, json_file=asked.json, markdown_file=asked.markdown, docs=asked.docs)
    return 1 if outcome.is_wrong(run) else 0


def measured(asked: argparse.Namespace) -> outcome.Run:
    """Run what is asked, and nothing of the rest; each part is imported when it is run."""
    effort = outcome.QUICK if asked.quick else outcome.WHOLE
    chosen = peers(asked.only or ())
    run: outcome.Run = {"cases": {}}
    for group in GROUPS if asked.case == "all" else (asked.case,):
        outcome.measure(group, run, chosen, effort)
    return outcome.finished(run, described(command(asked)))


def command(asked: argparse.Namespace) -> str:
    """What measures the same again; where it was written to is nobody's concern."""
    only = [word for name in asked.only or () for word in ("--only", name)]
    return shlex.join(["python", "-m", "benchmarks", asked.case, *["--quick"][: asked.quick], *only])


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", choices=[*GROUPS, "all", "own", "show"])
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    parser.add_argument("--docs", action="store_true", help="write tables and plots into docs/ and README.md")
    parser.add_argument("--quick", action="store_true", help="a short run")
    parser.add_argument("--only", action="append", choices=[one.name for one in PEERS], help="these clients")
    asked = parser.parse_args(arguments)
    if asked.case == "show" and not asked.json:
        parser.error("show needs --json FILE")
    if asked.docs and asked.quick:
        parser.error("figures of a quick run are not to be published: leave --quick or --docs out")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
