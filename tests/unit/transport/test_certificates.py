"""What certificates are checked with."""

from __future__ import annotations

import ssl
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import certifi
import pytest

from dynakit.errors import ConnectionFailed
from dynakit.transport import tls
from dynakit.transport.tls import tls_context


def authorities(context: ssl.SSLContext) -> set[str]:
    return {str(one["serialNumber"]) for one in context.get_ca_certs()}


def of_file(path: str | Path) -> set[str]:
    return authorities(ssl.create_default_context(cafile=str(path)))


def test_the_usual_bundle_is_certifis_and_names_are_checked() -> None:
    context = tls_context(True)
    assert authorities(context) == of_file(certifi.where())
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert tls_context(True) is context


def test_without_certifi_it_is_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore

    def find(name: str) -> ModuleSpec | None:
        return None if name == "certifi" else find_spec(name)

    monkeypatch.setattr("dynakit.transport.tls.find_spec", find)
    assert tls._usual_bundle() == str(Path(botocore.__file__).with_name("cacert.pem"))  # pyright: ignore[reportPrivateUsage]


def test_a_bundle_is_a_file_or_a_directory(tmp_path: Path) -> None:
    text = Path(certifi.where()).read_text(encoding="utf-8")
    one = tmp_path / "one.pem"
    end = "-----END CERTIFICATE-----"
    one.write_text(text[text.index("-----BEGIN") : text.index(end) + len(end)])
    assert authorities(tls_context(str(one))) == of_file(one)
    assert len(of_file(one)) == 1
    assert tls_context(str(tmp_path)).verify_mode == ssl.CERT_REQUIRED


def test_nothing_is_checked_only_when_told_so() -> None:
    context = tls_context(False)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_a_bundle_that_cannot_be_read_is_told(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "bundle.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConnectionFailed, match=r"bundle\.pem.* Check AWS_CA_BUNDLE"):
        tls_context(str(file))
