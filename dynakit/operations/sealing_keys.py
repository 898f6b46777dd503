"""Where the keys of encrypted values come from: held here, or from the AWS Key Management Service.

https://docs.aws.amazon.com/kms/latest/developerguide/data-keys.html
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from dynakit.errors import DecodeError, DynakitError
from dynakit.operations.flow import Flow
from dynakit.operations.retry import Refused, request
from dynakit.operations.sealing_cipher import KEY_BYTES, DataKey
from dynakit.values import dataclass
from dynakit.wire import Call

if TYPE_CHECKING:
    from dynakit.environment import Environment

_NOT_OURS = ("InvalidCiphertextException", "IncorrectKeyException")


class KeyProvider(Protocol):
    """Gives the keys of encrypted values.

    Both are flows (:mod:`dynakit.operations.flow`), so that one may send requests; one that sends none is a
    generator that yields nothing. ``context`` names the table, under its declared name; a key service may
    bind the key to it.
    """

    def data_key(self, context: Mapping[str, str], environment: Environment) -> Flow[DataKey]:
        """The key to encrypt a value with."""
        ...

    def secret(
        self, key_id: str, wrapped: bytes, context: Mapping[str, str], environment: Environment
    ) -> Flow[bytes]:
        """The secret of a key that a value names. Raises :class:`DecodeError` for one that is not known."""
        ...


class LocalKeys:
    """Keys held by the program, each 32 bytes under an id, as from ``secrets.token_bytes(32)``.

    New values are encrypted with ``current``, by default the last; older ones open with any key given. So a
    key is rotated by adding one, and taken away when nothing is encrypted with it any more.
    Raises :class:`DynakitError` for no key, one of another length, or a ``current`` that is none of them.
    """

    def __init__(self, keys: Mapping[str, bytes], *, current: str | None = None) -> None:
        self._keys = {name: bytes(key) for name, key in keys.items()}
        self.current = current if current is not None else next(reversed(self._keys), "")
        for name, key in self._keys.items():
            if len(key) != KEY_BYTES or not 0 < len(name.encode()) <= 255:
                raise DynakitError(
                    f"LocalKeys: key {name!r} has {len(key)} bytes; expected {KEY_BYTES}, under an id of 1 "
                    "to 255 bytes. Make one with secrets.token_bytes(32)."
                )
        if self.current not in self._keys:
            raise DynakitError(
                f"LocalKeys: {self.current!r} is none of the keys given; expected one of them."
            )

    def __repr__(self) -> str:
        return f"LocalKeys({', '.join(self._keys)}, current={self.current!r})"

    def data_key(self, context: Mapping[str, str], environment: Environment) -> Flow[DataKey]:
        yield from ()
        return DataKey(self.current, self._keys[self.current])

    def secret(
        self, key_id: str, wrapped: bytes, context: Mapping[str, str], environment: Environment
    ) -> Flow[bytes]:
        yield from ()
        if key_id not in self._keys:
            raise _unknown(key_id, self._keys)
        return self._keys[key_id]


@dataclass(slots=True)
class _Cached:
    key: DataKey
    until: float
    uses: int = 1


class KmsKeys:
    """Data keys of the AWS Key Management Service, cached in this object.

    ``key`` is a key id, ARN or alias (``"alias/orders"``); ``decrypts`` are others under whose name older
    values are still read. One data key encrypts at most ``max_uses`` values of one table within ``max_age``;
    at most ``max_keys`` data keys of values read are kept, each for ``max_age``. So a key that is disabled
    still works that long. The role needs kms:GenerateDataKey and kms:Decrypt. Share one object by threads.
    """

    def __init__(
        self,
        key: str,
        *,
        decrypts: Sequence[str] = (),
        max_age: timedelta = timedelta(minutes=5),
        max_uses: int = 1_000,
        max_keys: int = 1_000,
    ) -> None:
        self.key = key
        self._names = (key, *decrypts)
        self._max_age, self._max_uses, self._max_keys = max_age.total_seconds(), max_uses, max_keys
        self._lock = threading.Lock()
        self._current: dict[str, _Cached] = {}
        self._read: OrderedDict[tuple[str, bytes, str], _Cached] = OrderedDict()

    def __repr__(self) -> str:
        return f"KmsKeys({self.key!r})"

    def data_key(self, context: Mapping[str, str], environment: Environment) -> Flow[DataKey]:
        found = self._usable(_text(context), environment.monotonic())
        if found is not None:
            return found
        payload = {"KeyId": self.key, "KeySpec": "AES_256", "EncryptionContext": dict(context)}
        reply = yield from request(
            Call("GenerateDataKey", payload, "kms"), environment, statement="Encrypted"
        )
        made = DataKey(self.key, reply.payload["Plaintext"], reply.payload["CiphertextBlob"])
        with self._lock:
            self._current[_text(context)] = _Cached(made, environment.monotonic() + self._max_age)
        self._keep(made, context, environment)
        return made

    def secret(
        self, key_id: str, wrapped: bytes, context: Mapping[str, str], environment: Environment
    ) -> Flow[bytes]:
        if key_id not in self._names:
            raise _unknown(key_id, self._names)
        with self._lock:
            found = self._read.get((key_id, wrapped, _text(context)))
            if found is not None and environment.monotonic() < found.until:
                return found.key.secret
        payload = {"KeyId": key_id, "CiphertextBlob": wrapped, "EncryptionContext": dict(context)}
        call = Call("Decrypt", payload, "kms")
        try:
            reply = yield from request(call, environment, interprets=_NOT_OURS, statement="Encrypted")
        except Refused as refused:
            raise DecodeError(
                f"has a data key that is none of {key_id!r} for this table ({refused.error.code})"
            ) from refused.error
        made = DataKey(key_id, reply.payload["Plaintext"], wrapped)
        self._keep(made, context, environment)
        return made.secret

    def _usable(self, context: str, now: float) -> DataKey | None:
        with self._lock:
            found = self._current.get(context)
            if found is None or now >= found.until or found.uses >= self._max_uses:
                return None
            found.uses += 1
            return found.key

    def _keep(self, key: DataKey, context: Mapping[str, str], environment: Environment) -> None:
        with self._lock:
            self._read[key.key_id, key.wrapped, _text(context)] = _Cached(
                key, environment.monotonic() + self._max_age
            )
            while len(self._read) > self._max_keys:
                self._read.popitem(last=False)


def _text(context: Mapping[str, str]) -> str:
    return repr(sorted(context.items()))


def _unknown(key_id: str, known: Any) -> DecodeError:
    return DecodeError(
        f"is encrypted with key {key_id!r}, which is not known here; expected one of {', '.join(known)}"
    )
