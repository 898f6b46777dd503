"""How certificates are checked: as botocore does, by the same bundle of authorities."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from dynakit.errors import ConnectionFailed

if TYPE_CHECKING:
    from ssl import SSLContext


@cache
def tls_context(verify: str | bool) -> SSLContext:
    """The context of connections, made once for each ``verify``, which takes about 20 ms.

    ``True`` is certifi's bundle, else botocore's, else what the system trusts; a text is the path of a bundle
    or of a directory of certificates; ``False`` checks nothing. TLS 1.2 is the least.
    Raises ``ConnectionFailed`` if the bundle cannot be read.
    """
    import ssl

    from dynakit.transport.quiet_tls_socket import QuietTlsSocket

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = QuietTlsSocket
    context.set_alpn_protocols(["http/1.1"])
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    bundle = _usual_bundle() if verify is True else verify
    try:
        _load(context, bundle)
    except OSError as error:
        raise ConnectionFailed(
            f"the CA bundle {bundle!r}: it cannot be read ({error.strerror or type(error).__name__}); "
            "a file of certificates in PEM form was expected. "
            "Check AWS_CA_BUNDLE, ca_bundle of the profile and REQUESTS_CA_BUNDLE."
        ) from error
    return context


def _load(context: SSLContext, bundle: str | None) -> None:
    if bundle is None:
        context.load_default_certs()
    elif os.path.isdir(bundle):
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle)


def _usual_bundle() -> str | None:
    """The file that ``certifi.where()`` names, else botocore's; found without importing either (8 ms)."""
    for package in ("certifi", "botocore"):
        found = find_spec(package)
        if found is not None and found.origin is not None:
            bundle = Path(found.origin).with_name("cacert.pem")
            if bundle.exists():
                return str(bundle)
    return None
