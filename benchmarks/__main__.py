"""``python -m benchmarks client | start | own | all``: what dynakit costs, beside other clients.

``--json FILE`` writes all figures, ``--markdown FILE`` the tables; ``--quick`` is a short run that shows
whether everything works, and whose figures mean little.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import client, own, start
from benchmarks.machine import described
from benchmarks.peer import PEERS, peers
from benchmarks.report import tables


def main(arguments: list[str]) -> None:
    asked = parsed(arguments)
    if asked.case == "own":
        own.main()
        return
    chosen = peers(asked.only or ())
    run: dict[str, Any] = {"cases": {}}
    if asked.case in ("client", "all"):
        rounds, seconds = (2, 0.02) if asked.quick else (asked.rounds, 0.2)
        run["cases"].update(client.measure(chosen, rounds=rounds, seconds=seconds))
    if asked.case in ("start", "all"):
        run["cases"]["start"] = start.measure(chosen, starts=2 if asked.quick else 15)
        run["memory"] = start.memory_of_scans(peers(["dynakit"])[0])
    run["machine"] = described(" ".join(["python -m benchmarks", *arguments]))
    text = "\n\n".join(tables(run))
    print(text)
    if asked.json:
        asked.json.write_text(json.dumps(run, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if asked.markdown:
        asked.markdown.write_text(text + "\n", encoding="utf-8")


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("case", choices=["client", "start", "own", "all"])
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=[one.name for one in PEERS], help="these clients")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
