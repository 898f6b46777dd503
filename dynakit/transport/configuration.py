"""The AWS settings of a process: environment variables, then the profile in the configuration files.

The files are read by botocore's own parser, which takes a tenth of the time of a session of botocore; without
them botocore is not imported.
https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

import os

PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
_FILES = (
    ("AWS_CONFIG_FILE", "~/.aws/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
)


def has_files() -> bool:
    """Whether there is a configuration or credentials file."""
    return any(os.path.isfile(path) for path in _paths())


def _paths() -> list[str]:
    given = [os.environ.get(variable, usual) for variable, usual in _FILES]
    return [os.path.expanduser(os.path.expandvars(path)) for path in given]
