"""How often the same address may do something: counted in the shared cache, forgotten by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from liaison.lib.clientip import client_ip


@dataclass(frozen=True)
class Allowance:
    """At most ``most`` times within ``seconds``."""

    what: str
    most: int
    seconds: int

    def _key(self, who: str) -> str:
        return f"portal:{self.what}:{who}"

    def used_up(self, *whos: str) -> bool:
        return any((cache.get(self._key(who)) or 0) >= self.most for who in whos)

    def count(self, *whos: str) -> None:
        for who in whos:
            cache.add(self._key(who), 0, self.seconds)
            try:
                cache.incr(self._key(who))
            except ValueError:  # it ran out between the two
                cache.set(self._key(who), 1, self.seconds)

    def forget(self, *whos: str) -> None:
        cache.delete_many([self._key(who) for who in whos])


MESSAGES = Allowance("message", most=20, seconds=3600)  # a village shares one address
WRONG_CODES = Allowance("code", most=5, seconds=900)
WECHAT_MESSAGES = Allowance("wechat", most=60, seconds=3600)  # of one person: a dialogue takes some six
WECHAT_CASES = Allowance("wechat-case", most=10, seconds=24 * 3600)


def address(request: HttpRequest) -> str:
    return client_ip(request)
