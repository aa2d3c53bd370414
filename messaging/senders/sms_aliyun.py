"""Alibaba Cloud SMS (阿里云短信服务), ``SendSms`` of 2017-05-25 over HTTPS.

The request is signed with ACS3-HMAC-SHA256 as the vendor describes it ("V3 request structure and signature",
help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature); tests reproduce the vendor's own example.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from messaging.models import OutboxRow
from messaging.senders import http
from messaging.senders.errors import Never, NotSent, TryLater
from messaging.senders.sms_templates import templates

NAME = "阿里云短信"
ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
NEVER = {
    "isv.MOBILE_NUMBER_ILLEGAL": "短信平台说手机号不对",
    "isv.MOBILE_COUNT_OVER_LIMIT": "短信平台说号码太多",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板缺少变量",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "短信模板的变量不合要求",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板没有审核通过或不存在",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名没有审核通过或不存在",
    "isv.SMS_SIGN_NAME_ILLEGAL": "短信签名没有审核通过或不存在",
    "isv.INVALID_PARAMETERS": "短信平台说参数不对",
    "isv.INVALID_JSON_PARAM": "短信平台说参数不对",
    "isv.BLACK_KEY_CONTROL_LIMIT": "短信内容里有平台禁用的词",
    "isv.PARAM_LENGTH_LIMIT": "短信变量太长",
    "isv.PARAM_NOT_SUPPORT_URL": "短信变量里不能有网址",
    "isv.DENY_IP_RANGE": "短信平台不接受本服务器的地址",
}
# What passes by itself, or as soon as somebody pays or corrects the settings.
LATER = {
    "isv.BUSINESS_LIMIT_CONTROL": "发给这个号码的短信太频繁",
    "isv.DAY_LIMIT_CONTROL": "今天的短信已到上限",
    "isv.AMOUNT_NOT_ENOUGH": "短信平台的余额不足",
    "isv.OUT_OF_SERVICE": "短信平台的账户已停机",
    "isv.PRODUCT_UN_SUBSCRIPT": "短信服务还没有开通",
    "isp.RAM_PERMISSION_DENY": "短信平台的账号没有发送权限",
    "InvalidAccessKeyId.NotFound": "短信平台不认 AccessKey",
    "SignatureDoesNotMatch": "短信平台不认 AccessKey 的密钥",
    "Throttling.User": "短信发得太快",
}


def send(row: OutboxRow, phone: str) -> None:
    parameters = {
        "PhoneNumbers": phone,
        "SignName": settings.SMS_SIGN_NAME,
        "OutId": str(row.pk),
        **_template(row),
    }
    url, headers = signed(parameters, at=timezone.now().astimezone(UTC), nonce=secrets.token_hex(16))
    answer = http.request("POST", url, headers=headers, who="短信平台")
    if answer.status >= 500:
        raise http.failure(answer.status, "短信平台")
    code = answer.json().get("Code")
    if code != "OK":
        raise _refused(str(code))


def _template(row: OutboxRow) -> dict[str, str]:
    sms = row.sms or {}
    name, params = sms.get("template", ""), [str(text) for text in sms.get("params", [])]
    template = templates().get(name)
    if template is None:
        raise Never(f"没有给短信模板“{name}”配置代码（SMS_TEMPLATES）。")
    variables = template.variables or tuple(f"p{number}" for number in range(1, len(params) + 1))
    if len(variables) != len(params):
        raise Never(f"短信模板“{name}”的变量应有 {len(params)} 个，SMS_TEMPLATES 里写了 {len(variables)} 个。")
    texts = json.dumps(dict(zip(variables, params, strict=True)), ensure_ascii=False)
    return {"TemplateCode": template.code, "TemplateParam": texts}


def _refused(code: str) -> NotSent:
    shown = code if code.replace(".", "").replace("_", "").isalnum() and len(code) < 60 else "没有错误码"
    if words := NEVER.get(code):
        return Never(f"{words}（{shown}）。")
    return TryLater(f"{LATER.get(code, '短信平台没有收下')}（{shown}）。")


def signed(parameters: Mapping[str, str], *, at: datetime, nonce: str) -> tuple[str, dict[str, str]]:
    """Address and headers of the request for ``SendSms`` with these parameters; ``at`` in UTC."""
    host, query = settings.SMS_ALIYUN_ENDPOINT, canonical_query(parameters)
    headers = {
        "host": host,
        "x-acs-action": "SendSms",
        "x-acs-version": VERSION,
        "x-acs-date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
    }
    keys = {"key_id": settings.SMS_ALIYUN_KEY_ID, "key_secret": settings.SMS_ALIYUN_KEY_SECRET}
    headers["Authorization"] = authorization("POST", query, headers, **keys)
    return f"{settings.SMS_ALIYUN_SCHEME}://{host}/?{query}", headers


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Sorted by name, percent-encoded as RFC 3986 has it (a blank is %20)."""
    return "&".join(f"{quote(key, safe='~')}={quote(parameters[key], safe='~')}" for key in sorted(parameters))


def authorization(method: str, query: str, headers: Mapping[str, str], *, key_id: str, key_secret: str) -> str:
    """The Authorization header of a request for ``/`` with an empty body; every one of ``headers`` is signed."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    names = sorted(lower)
    request = "\n".join(
        (
            method,
            "/",
            query,
            "".join(f"{name}:{lower[name]}\n" for name in names),
            ";".join(names),
            lower["x-acs-content-sha256"],
        )
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}"


def problems() -> list[str]:
    names = ("SMS_ALIYUN_KEY_ID", "SMS_ALIYUN_KEY_SECRET", "SMS_SIGN_NAME", "SMS_TEMPLATES")
    missing = [name for name in names if not getattr(settings, name)]
    found = [f"没有填写 {'、'.join(missing)}"] if missing else []
    try:
        templates()
    except ValueError:
        found.append("SMS_TEMPLATES 的格式应为 名称=模板代码:变量,变量;…")
    return found
