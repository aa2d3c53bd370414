"""Pictures of messages, fetched from the platform: bounded in size and time, from its own hosts and no others.

As documented at https://developers.weixin.qq.com/doc/service/api/ : ``POST /cgi-bin/stable_token`` for the access token
(it leaves tokens of other programs of the same account valid), ``GET /cgi-bin/media/get`` for the file, valid for three
days. Errors come as JSON with ``errcode``, with status 200. Without AppSecret the PicUrl of the message is used.
"""

from __future__ import annotations

import hashlib
import json
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from liaison.lib.encryption import decrypt, encrypt
from liaison.lib.uploads import check_upload
from messaging.senders import http
from messaging.senders.errors import Never, TryLater
from portal.models import WechatAccount, WechatPicture

WHO = "微信公众平台"
PICTURES = (".jpg", ".png", ".gif", ".webp")
MOST_BYTES = 10 * 1024 * 1024  # of a picture; the platform itself takes no more
TOKEN_EXPIRED = {40001, 40014, 42001}
NEVER = {
    40007: "微信说照片已失效（40007）。",
    40009: "照片太大（40009）。",
    48001: "公众号没有取照片的权限（48001）。",
}


def fetch(picture: WechatPicture) -> SimpleUploadedFile:
    """The picture, checked by its content; TryLater or Never with a plain reason."""
    by_api = bool(picture.account.app_secret and picture.media_id)
    return checked(_from_api(picture) if by_api else _from_address(picture.address))


def checked(content: bytes) -> SimpleUploadedFile:
    for extension in PICTURES:
        file = SimpleUploadedFile(f"微信照片{extension}", content)
        try:
            check_upload(file)
        except ValidationError:
            continue
        return file
    raise Never("收到的不是照片（只收 jpg、png、gif、webp）。")


def _from_api(picture: WechatPicture) -> bytes:
    account = picture.account
    token = access_token(account)
    query = urlencode({"access_token": token, "media_id": picture.media_id})
    answer = http.request(
        "GET", f"{settings.WECHAT_API}/cgi-bin/media/get?{query}", headers={}, who=WHO, most=MOST_BYTES
    )
    if answer.status != 200:
        raise http.failure(answer.status, WHO)
    if answer.media_type in ("application/json", "text/plain") or answer.content[:1] == b"{":
        raise _refused(account, answer)
    return answer.content


def _from_address(address: str) -> bytes:
    """What PicUrl shows; only on the platform's own picture hosts, whatever a message says."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Never("照片的地址看不懂。") from None
    usual = settings.WECHAT_PICTURE_PORT
    if host not in settings.WECHAT_PICTURE_HOSTS or port not in (None, usual) or parts.username is not None:
        raise Never("照片的地址不是微信的，没有去取。")
    query = f"?{parts.query}" if parts.query else ""
    url = f"{settings.WECHAT_PICTURE_SCHEME}://{host}:{usual}{parts.path or '/'}{query}"
    answer = http.request("GET", url, headers={}, who=WHO, most=MOST_BYTES)
    if answer.status != 200:
        raise http.failure(answer.status, WHO)
    return answer.content


def access_token(account: WechatAccount) -> str:
    key = _token_key(account)
    if held := cache.get(key):
        return decrypt(held)
    body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    answer = http.request(
        "POST",
        f"{settings.WECHAT_API}/cgi-bin/stable_token",
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
        who=WHO,
    )
    if answer.status != 200:
        raise http.failure(answer.status, WHO)
    found = answer.json()
    token, seconds = found.get("access_token"), found.get("expires_in")
    if not isinstance(token, str) or not isinstance(seconds, int):
        raise TryLater(f"{WHO}没有给访问凭证（{_code(found.get('errcode'))}），请检查 AppSecret 和 IP 白名单。")
    cache.set(key, encrypt(token), max(seconds - 300, 60))
    return token


def _refused(account: WechatAccount, answer: http.Answer) -> Never | TryLater:
    code = answer.json().get("errcode")
    if code in NEVER:
        return Never(NEVER[code])
    if code in TOKEN_EXPIRED:
        cache.delete(_token_key(account))
    return TryLater(f"{WHO}没有给照片（{_code(code)}）。")


def _code(code: object) -> str:
    return str(code) if isinstance(code, int) else "没有错误码"


def _token_key(account: WechatAccount) -> str:
    """Another AppID or AppSecret has another token."""
    digest = hashlib.sha256(f"{account.app_id}:{account.app_secret}".encode()).hexdigest()[:16]
    return f"portal:wechat-token:{account.pk}:{digest}"
