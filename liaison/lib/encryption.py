"""Personal data at rest: AES-256-GCM per field, and a keyed index for exact look-up.

The key comes from ``settings.DATA_KEY``. A stored value is ``v1:`` and the base64 of nonce and ciphertext; the empty
string stays empty.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

PREFIX = "v1:"


class DecryptionError(Exception):
    """The stored value was tampered with, or another key wrote it."""


def _key(purpose: str) -> bytes:
    return hmac.new(settings.DATA_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


@lru_cache(maxsize=4)
def _cipher(data_key: str) -> AESGCM:
    return AESGCM(_key("field-encryption"))


def encrypt(text: str) -> str:
    if not text:
        return ""
    nonce = os.urandom(12)
    sealed = nonce + _cipher(settings.DATA_KEY).encrypt(nonce, text.encode(), None)
    return PREFIX + base64.b64encode(sealed).decode()


def decrypt(stored: str) -> str:
    if not stored:
        return ""
    if not stored.startswith(PREFIX):
        raise DecryptionError("not an encrypted value")
    sealed = base64.b64decode(stored[len(PREFIX) :])
    try:
        return _cipher(settings.DATA_KEY).decrypt(sealed[:12], sealed[12:], None).decode()
    except InvalidTag as error:
        raise DecryptionError("wrong key, or the value was changed") from error


def blind_index(value: str) -> str:
    """A keyed digest for exact look-up of an encrypted value; 32 hex digits."""
    return hmac.new(_key("blind-index"), value.encode(), hashlib.sha256).hexdigest()[:32]


class EncryptedTextField(models.TextField):
    """Text that the database holds only encrypted. It cannot be searched or sorted; see :func:`blind_index`."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else encrypt(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else decrypt(value)
