"""Synthesises stacks of constructs that dynakit wrote: run with the AWS CDK on the path, and apart from it.

Reads ``{name: {"module": source, "region": region}}`` from standard input, and writes ``{name: template}``.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    """Make one application with a stack for each module."""
    import aws_cdk as cdk  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

    core: Any = cdk
    app = core.App(analytics_reporting=False, outdir=sys.argv[1])
    stacks = json.load(sys.stdin)
    for name, stack in stacks.items():
        scope: dict[str, Any] = {}
        exec(compile(stack["module"], name, "exec"), scope)
        scope["Tables"](core.Stack(app, name, env=core.Environment(region=stack["region"])), "Tables")
    assembly = app.synth()
    json.dump({name: assembly.get_stack_by_name(name).template for name in stacks}, sys.stdout)


if __name__ == "__main__":
    main()
