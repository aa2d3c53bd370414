"""The county's WeChat official account (微信公众号): a short dialogue that becomes a case, or says where one stands.

``crypto`` and ``envelope`` speak the platform's protocol, ``dialogue`` (with ``places`` and ``standing``) holds the
conversation, ``receiving`` makes every message count once, ``media`` and ``pictures`` fetch what was photographed.
The view is ``portal/views/wechat.py``.
"""
