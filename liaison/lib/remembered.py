"""What templates ask pure functions for all day long: the address of a view, a day in words. The answers are remembered;
a list of forty rows would otherwise spend more on them than on all the rest."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, defaultfilters, defaulttags
from django.template.base import Parser, Token
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape

MANY = 4096
PLAIN = (int, str)  # and nothing below them, whose text may be another


# --- addresses ------------------------------------------------------------------------------


def url(parser: Parser, token: Token) -> defaulttags.URLNode:
    """``{% url %}``, as Django has it."""
    node = defaulttags.url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


class AddressNode(defaulttags.URLNode):
    def render(self, context: Context) -> str:
        request = getattr(context, "request", None)
        name, args = self.view_name.resolve(context), tuple(arg.resolve(context) for arg in self.args)
        if request is None or self.kwargs or not isinstance(name, str) or any(type(arg) not in PLAIN for arg in args):
            return super().render(context)
        match = request.resolver_match
        # What reverse() goes by and is not told: it asks the thread, which takes longer than all the rest.
        here = getattr(request, "urlconf", settings.ROOT_URLCONF), request.META.get("SCRIPT_NAME", "")
        try:
            found = _address(name, args, match.namespace if match else None, here)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@lru_cache(maxsize=MANY, typed=True)
def _address(name: str, args: tuple[Any, ...], app: str | None, here: tuple[str, str]) -> str:
    return reverse(name, args=args, current_app=app)


# --- days and hours -------------------------------------------------------------------------


def date(value: Any, arg: str | None = None) -> str:
    """The filter, as Django has it, for a day or a moment that is local already. In the one language that pages have."""
    if arg is None or not isinstance(value, dt.date):
        return defaultfilters.date(value, arg)
    if isinstance(value, dt.datetime):
        # Moments are equal in whatever zone they are told; their words are not.
        return _date(value.replace(tzinfo=None), arg, value.tzinfo, value.fold)
    return _date(value, arg, None, 0)


@lru_cache(maxsize=MANY, typed=True)
def _date(value: dt.date, arg: str, zone: dt.tzinfo | None, fold: int) -> str:
    return defaultfilters.date(value.replace(tzinfo=zone) if isinstance(value, dt.datetime) else value, arg)


def time(value: Any, arg: str | None = None) -> str:
    """The filter, as Django has it."""
    if arg is None or type(value) is not dt.time or value.tzinfo is not None:
        return defaultfilters.time(value, arg)
    return _time(value, arg)


@lru_cache(maxsize=MANY)
def _time(value: dt.time, arg: str) -> str:
    return defaultfilters.time(value, arg)
