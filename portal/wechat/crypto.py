"""Signatures and encrypted messages of the official-account platform.

As documented at https://developers.weixin.qq.com/doc/service/guide/dev/push/ : AES-256-CBC with the EncodingAESKey, its
first 16 bytes as IV; 16 random bytes, the length of the message as four bytes (network order), the message, the app
id; PKCS#7 padded to blocks of 32 bytes. SHA-1 and the fixed IV are the platform's choice, not ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # bytes, of the padding; AES itself has 16
RANDOM, LENGTH = 16, 4  # bytes before the message


class BadMessage(Exception):
    """Not what the platform would have sent; says why, without any of the content."""


def signature(*parts: str) -> str:
    """Of token, timestamp and nonce; of an encrypted message, the ciphertext as well."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def key_of(encoding_aes_key: str) -> bytes:
    """The 32 bytes that 43 characters stand for; BadMessage for anything else."""
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMessage("the EncodingAESKey is not base64") from error
    if len(encoding_aes_key) != 43 or len(key) != 32:
        raise BadMessage("the EncodingAESKey has not 43 characters")
    return key


def encrypt(text: str, *, key: bytes, app_id: str, random: bytes | None = None) -> str:
    """Base64 of the ciphertext; ``random`` (16 bytes) is given by tests alone."""
    message = text.encode()
    plain = (random or os.urandom(RANDOM)) + len(message).to_bytes(LENGTH) + message + app_id.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def decrypt(sealed: str, *, key: bytes, app_id: str) -> str:
    """The message; BadMessage where another key or another account wrote it, or it was changed."""
    try:
        raw = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMessage("not base64") from error
    if not raw or len(raw) % 16:
        raise BadMessage("not whole blocks")
    decryptor = _cipher(key).decryptor()
    padded = decryptor.update(raw) + decryptor.finalize()
    padding = padded[-1]
    if not 1 <= padding <= BLOCK or padded[-padding:] != bytes([padding]) * padding:
        raise BadMessage("wrong padding")
    plain = padded[RANDOM:-padding]
    ends = LENGTH + int.from_bytes(plain[:LENGTH])
    if len(plain) < ends:
        raise BadMessage("wrong length")
    if not hmac.compare_digest(plain[ends:], app_id.encode()):
        raise BadMessage("meant for another app id")
    try:
        return plain[LENGTH:ends].decode()
    except UnicodeDecodeError as error:
        raise BadMessage("not UTF-8") from error


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
