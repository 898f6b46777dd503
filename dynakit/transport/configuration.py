"""The AWS settings of a process or of a session: environment variables, then the profile.

The profile is read by botocore's own parser of files, which takes a tenth of the time of one of its sessions.
Where there are no files, and no profile is chosen, botocore is not imported.
https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from dynakit.errors import ConnectionFailed

if TYPE_CHECKING:
    from botocore.session import Session

T = TypeVar("T")

_Section: TypeAlias = Mapping[str, Any]

PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
_CONFIG, _CREDENTIALS = (
    ("AWS_CONFIG_FILE", "~/.aws/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
)

_APPLICATION = "AWS_SDK_UA_APP_ID"

_NAMES = {
    "region": ("AWS_DEFAULT_REGION", "region"),
    "ca_bundle": ("AWS_CA_BUNDLE", "ca_bundle"),
    "use_fips_endpoint": ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
    "use_dualstack_endpoint": ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
    "ignore_configured_endpoint_urls": (
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "ignore_configured_endpoint_urls",
    ),
    "user_agent_appid": (_APPLICATION, "sdk_ua_app_id"),
    "account_id_endpoint_mode": ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "account_id_endpoint_mode"),
}
"""The variable and the name in a profile of each setting, by botocore's name."""


def has_files() -> bool:
    """Whether there is a configuration or credentials file."""
    return any(os.path.isfile(_path(*file)) for file in (_CONFIG, _CREDENTIALS))


class Configuration:
    """The settings of a session, or with ``None`` of the process; each is looked for when it is asked for.

    What cannot be read (a broken file, a profile that is not there) is a ``ConnectionFailed``.
    """

    def __init__(self, session: Session | None = None) -> None:
        self.session = session

    def text(self, name: str) -> str | None:
        """A setting by botocore's name; an empty one counts as absent."""
        return cast("str | None", self._value(name)) or None

    def flag(self, name: str) -> bool:
        """A setting that is on when it reads ``true``, in whatever letters."""
        return str(self._value(name)).lower() == "true"

    def application(self) -> str | None:
        """The name of the application, of a variable or of the profile.

        Of the profile only if that has been read: no connection is to fail, or to take longer, for a name.
        """
        read = self.session is not None or "_profile" in vars(self)
        return self.text("user_agent_appid") if read or _APPLICATION in os.environ else None

    def endpoint_url(self) -> str | None:
        """The URL of DynamoDB: of a variable, of the profile's services section, of the profile."""
        if self.flag("ignore_configured_endpoint_urls"):
            return None
        for variable in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"):
            if os.environ.get(variable):
                return os.environ[variable]
        services: _Section = self._files.get("services", {})
        section: _Section = services.get(self._profile.get("services", ""), {})
        service: _Section = section.get("dynamodb", {})
        return cast("str | None", service.get("endpoint_url") or self._profile.get("endpoint_url"))

    def _value(self, name: str) -> object:
        session = self.session
        if session is not None:
            return _read(lambda: cast("object", session.get_config_variable(name)))
        variable, in_profile = _NAMES[name]
        return os.environ[variable] if variable in os.environ else self._profile.get(in_profile)

    @cached_property
    def _files(self) -> _Section:
        session = self.session
        if session is not None:
            return _read(lambda: cast("_Section", session.full_config))
        return _read(_loaded) if has_files() else {"profiles": {}}

    @cached_property
    def _profile(self) -> _Section:
        session = self.session
        if session is not None:
            return _read(lambda: cast("_Section", session.get_scoped_config()))
        chosen = next((os.environ[name] for name in PROFILE_VARIABLES if name in os.environ), None)
        profiles: Mapping[str, _Section] = self._files["profiles"]
        if chosen is not None and chosen not in profiles:
            raise _wrong(f"The config profile ({chosen}) could not be found")
        return profiles.get(chosen or "default", {})


def _path(variable: str, usual: str) -> str:
    return os.path.expanduser(os.path.expandvars(os.environ.get(variable, usual)))


def _loaded() -> _Section:
    """Both files as a session of botocore puts them together."""
    from botocore.configloader import load_config, raw_config_parse

    config, credentials = _path(*_CONFIG), _path(*_CREDENTIALS)
    found: dict[str, Any] = load_config(config) if os.path.isfile(config) else {"profiles": {}}
    given: dict[str, _Section] = raw_config_parse(credentials) if os.path.isfile(credentials) else {}
    for name, values in given.items():
        found["profiles"].setdefault(name, {}).update(values)
    return found


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except Exception as error:
        from botocore.exceptions import BotoCoreError

        if isinstance(error, BotoCoreError):
            raise _wrong(str(error)) from error
        raise


def _wrong(what: str) -> ConnectionFailed:
    return ConnectionFailed(
        f"the AWS configuration: {what.rstrip('.')}. Mend the file, or choose another profile."
    )
