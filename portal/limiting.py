"""How often somebody may do something: counted in the shared cache, so across all processes, and forgotten by itself."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from liaison.lib.clientip import client_ip


def _now() -> int:
    return int(timezone.now().timestamp())


def _key(*parts: str | int) -> str:
    """Whoever is counted is not readable in the cache: addresses and case numbers are personal data too."""
    return "portal:" + hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:40]


def _add_one(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.set(key, 1, seconds)
        return 1


@dataclass(frozen=True)
class Allowance:
    """At most ``most`` times within ``seconds``, counted in windows of the clock: an hour begins on the hour."""

    what: str
    most: int
    seconds: int

    def _of(self, who: str) -> str:
        return _key(self.what, who, _now() // self.seconds)

    def used(self, who: str) -> int:
        return int(cache.get(self._of(who)) or 0)

    def used_up(self, *whos: str) -> bool:
        return any(self.used(who) >= self.most for who in whos)

    def count(self, *whos: str, times: int = 1) -> None:
        for who in whos:
            for _ in range(times):
                _add_one(self._of(who), self.seconds)


@dataclass(frozen=True)
class Waits:
    """Wrong guesses of one ``who``: ``free`` of them cost nothing, then each makes the next try wait longer, and after
    ``most`` everything waits ``block`` seconds. A try that comes too early is not looked at and costs nothing."""

    what: str
    free: int
    steps: tuple[int, ...]  # seconds; the last one stays
    most: int
    block: int
    seconds: int  # after which wrong guesses are forgotten

    def left(self, who: str) -> int:
        """Seconds until ``who`` may try again; 0: now."""
        until = cache.get(_key(self.what, "until", who)) or 0
        return max(int(until) - _now(), 0)

    def wrong(self, who: str) -> int:
        """Count one more; the seconds to wait from now on."""
        count = _add_one(_key(self.what, who, _now() // self.seconds), self.seconds)
        if count >= self.most:
            wait = self.block
        elif count > self.free:
            wait = self.steps[min(count - self.free, len(self.steps)) - 1]
        else:
            return 0
        cache.set(_key(self.what, "until", who), _now() + wait, wait + 60)
        return wait

    def forget(self, who: str) -> None:
        cache.delete_many([_key(self.what, "until", who), _key(self.what, who, _now() // self.seconds)])


MESSAGES = Allowance("message", most=20, seconds=3600)  # of one address: a village shares one
MESSAGES_OF_PHONE = Allowance("message-phone", most=5, seconds=24 * 3600)
OPINIONS = Allowance(
    "opinion", most=30, seconds=3600
)  # of one address: somebody may go through a draft article by article
PHOTOS = Allowance("photo", most=100, seconds=3600)  # of one address, also of messages that are never sent
ADDITIONS = Allowance("addition", most=10, seconds=24 * 3600)  # to one case
WECHAT_MESSAGES = Allowance("wechat", most=60, seconds=3600)  # of one person: a dialogue takes some six
WECHAT_CASES = Allowance("wechat-case", most=10, seconds=24 * 3600)

# A number is guarded strictly: nobody needs many tries for the own slip of paper. An address may be a whole village's,
# so it waits late and never long.
OF_NUMBER = Waits("code", free=2, steps=(5, 15, 60), most=6, block=900, seconds=3600)
OF_ADDRESS = Waits("code-address", free=10, steps=(3, 5, 10, 20), most=40, block=120, seconds=3600)

# The whole committee sits behind one address, and votes within minutes: it waits late and shortly. A code has 31^8 values.
BALLOT_CODES = Waits("ballot", free=20, steps=(2, 3, 5), most=80, block=60, seconds=3600)


class WrongCodes:
    """Tries of number and code, held by the number and by the address (or the WeChat person) together."""

    def left(self, who: str, number: str) -> int:
        return max(OF_ADDRESS.left(who), OF_NUMBER.left(number))

    def wrong(self, who: str, number: str) -> int:
        return max(OF_ADDRESS.wrong(who), OF_NUMBER.wrong(number))

    def right(self, number: str) -> None:
        """The address keeps its count: else somebody with one code of the own could clear it between guesses."""
        OF_NUMBER.forget(number)


WRONG_CODES = WrongCodes()


def in_words(seconds: int) -> str:
    return f"{seconds} 秒" if seconds < 60 else f"{-(-seconds // 60)} 分钟"


def address(request: HttpRequest) -> str:
    """Whoever asks: the address, of IPv6 the network, because a household has billions of those."""
    own = client_ip(request)
    try:
        parsed = ipaddress.ip_address(own)
    except ValueError:
        return own
    if parsed.version == 4:
        return own
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network(f"{own.partition('%')[0]}/64", strict=False))
