"""JSON made small for one column."""

import base64
import json
import zlib
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def pack(value: Any) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 1)).decode()


def unpack(packed: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(packed))) if packed else None
