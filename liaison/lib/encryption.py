"""Personal data at rest: AES-256-GCM per field, and a keyed index for exact look-up.

The key comes from ``settings.DATA_KEY``. A stored value is ``v1:`` and the base64 of nonce and ciphertext; the empty
string stays empty. What an earlier key wrote is still read while that key is in ``settings.DATA_KEY_PREVIOUS``;
``manage.py reencrypt`` writes everything again with the present one, and the earlier key can go.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact

PREFIX = "v1:"
NONCE, TAG = 12, 16  # bytes


class DecryptionError(Exception):
    """The stored value was tampered with, or another key wrote it."""


def _keys() -> list[str]:
    """The present key first, then those that may still have written something."""
    return [settings.DATA_KEY, *settings.DATA_KEY_PREVIOUS]


def _derived(data_key: str, purpose: str) -> bytes:
    return hmac.new(data_key.encode(), purpose.encode(), hashlib.sha256).digest()


@lru_cache(maxsize=8)
def _cipher(data_key: str) -> AESGCM:
    return AESGCM(_derived(data_key, "field-encryption"))


def encrypt(text: str) -> str:
    if not text:
        return ""
    nonce = os.urandom(NONCE)
    sealed = nonce + _cipher(settings.DATA_KEY).encrypt(nonce, text.encode(), None)
    return PREFIX + base64.b64encode(sealed).decode()


def decrypt(stored: str) -> str:
    """The text of a stored value; :class:`DecryptionError` where it is not one that a known key wrote."""
    if not stored:
        return ""
    if not stored.startswith(PREFIX):
        raise DecryptionError("not an encrypted value")
    try:
        sealed = base64.b64decode(stored[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise DecryptionError("the value was changed: not base64") from error
    if len(sealed) < NONCE + TAG:
        raise DecryptionError("the value was changed: too short")
    for data_key in _keys():
        try:
            return _cipher(data_key).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()
        except InvalidTag:
            continue
    raise DecryptionError("wrong key, or the value was changed")


def blind_index(value: str) -> str:
    """A keyed digest for exact look-up of an encrypted value; 32 hex digits. Stored beside the value."""
    return _index(settings.DATA_KEY, value)


def blind_indexes(value: str) -> list[str]:
    """What may be stored for ``value``: for looking it up (``phone_index__in``), rows of an earlier key included."""
    return [_index(data_key, value) for data_key in _keys()]


def _index(data_key: str, value: str) -> str:
    return hmac.new(_derived(data_key, "blind-index"), value.encode(), hashlib.sha256).hexdigest()[:32]


class EncryptedTextField(models.TextField):
    """Text that the database holds only encrypted. It cannot be searched or sorted; see :func:`blind_index`.

    Look-ups are ``isnull`` and ``""``; any other would silently find nothing, and raises FieldError instead.
    """

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name in ("exact", "isnull") else None

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else encrypt(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else decrypt(value)


@EncryptedTextField.register_lookup
class _IsEmpty(Exact):
    def get_prep_lookup(self) -> Any:
        if self.rhs not in ("", None):
            raise FieldError("an encrypted field cannot be compared; compare its blind index")
        return self.rhs
