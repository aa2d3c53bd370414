"""Template filters used on every page (a builtin: no ``load`` needed)."""

from django import template

register = template.Library()
