"""AWS's own linter of templates."""

from __future__ import annotations

from cfnlint.api import lint  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]


def faults(template: str) -> list[str]:
    """What cfn-lint finds in a template, in YAML or JSON."""
    return [str(match) for match in lint(template, None, ["us-east-1"])]
