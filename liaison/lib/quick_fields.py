"""Fields of forms as crispy's templates write them, without a template for every option: on a page of seven forms
those would cost more than all the rest."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Choices = tuple[tuple[str, Any], ...]  # value and label; or the name of a group and its own pairs
STAR = SafeString('<span class="asteriskField">*</span>')


def quick_form(form: forms.BaseForm) -> SafeString:
    return format_html_join("", "{}", ((quick_field(form[name]),) for name in form.fields))


def quick_field(bound: BoundField) -> SafeString:
    """A field with its label and help: text, day, file, drop-down or boxes. A form that was sent is left to crispy, which
    knows about errors."""
    if bound.form.is_bound:
        return as_crispy_field(bound)
    widget, needed = bound.field.widget, bound.field.required
    if isinstance(widget, forms.RadioSelect):
        html = (
            '<div id="div_{}" class="mb-3"><fieldset><legend class="form-label fs-6">{}{}</legend>{}</fieldset></div>'
        )
        return format_html(html, bound.auto_id, bound.label, STAR if needed else "", boxes(bound))
    return format_html(
        '<div id="div_{0}" class="mb-3"><label for="{0}" class="form-label">{1}{2}</label>{3}{4}</div>',
        bound.auto_id,
        bound.label,
        STAR if needed else "",
        _select(bound) if isinstance(widget, forms.Select) else _input(bound),
        format_html('<div id="{}_helptext" class="form-text">{}</div>', bound.auto_id, bound.help_text)
        if bound.help_text
        else "",
    )


def _input(bound: BoundField) -> SafeString:
    attrs = bound.build_widget_attrs({"class": "form-control", "id": bound.auto_id})
    seen = bound.field.widget.get_context(bound.html_name, bound.value(), attrs)["widget"]
    if isinstance(bound.field.widget, forms.Textarea):
        html = '<textarea name="{}"{}>\n{}</textarea>'  # browsers drop the line end, and with it no line of the text
        return format_html(html, seen["name"], flatatt(seen["attrs"]), seen["value"] or "")
    value = format_html(' value="{}"', seen["value"]) if seen["value"] else ""
    return format_html('<input type="{}" name="{}"{}{}>', seen["type"], seen["name"], value, flatatt(seen["attrs"]))


def _select(bound: BoundField) -> SafeString:
    return format_html(
        '<select name="{}" class="form-select" id="{}"{}>{}</select>',
        bound.html_name,
        bound.auto_id,
        _must(bound),
        options(_choices(bound), str(bound.value() or "")),
    )


def boxes(bound: BoundField) -> SafeString:
    """The radio buttons or checkboxes of a field."""
    value = bound.value()
    chosen = frozenset(map(str, value if isinstance(value, (list, tuple)) else [value]))
    kind = bound.field.widget.input_type
    return _boxes(kind, bound.html_name, bound.auto_id, _must(bound), _choices(bound), chosen)


def _must(bound: BoundField) -> str:
    """Not every required field says so to the browser: none of several checkboxes is the one that must be."""
    return " required" if "required" in bound.build_widget_attrs({}) else ""


def _choices(bound: BoundField) -> Choices:
    """As text, which can be the key of a cache."""

    def text(label: Any) -> Any:
        return tuple((str(key), text(each)) for key, each in label) if isinstance(label, (list, tuple)) else str(label)

    return tuple(text(list(bound.field.choices)))  # type: ignore[attr-defined]


@lru_cache(maxsize=512)
def options(choices: Choices, chosen: str) -> SafeString:
    """The options of a drop-down. Not by widgets or loops in a template: they would cost more than a list's rows."""
    return format_html_join("", "{}", ((_option(value, label, chosen),) for value, label in choices))


def _option(value: str, label: Any, chosen: str) -> SafeString:
    if isinstance(label, tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', value, options(label, chosen))
    return format_html('<option value="{}"{}>{}</option>', value, " selected" if value == chosen else "", label)


@lru_cache(maxsize=512)
def _boxes(kind: str, name: str, auto_id: str, must: str, choices: Choices, chosen: frozenset[str]) -> SafeString:
    html = (
        '<div class="form-check"><input type="{0}" class="form-check-input" name="{1}" value="{2}" id="{3}_{4}"{5}>'
        '<label for="{3}_{4}" class="form-check-label">{6}</label></div>'
    )
    rows = (
        (kind, name, value, auto_id, number, must + (" checked" if value in chosen else ""), label)
        for number, (value, label) in enumerate(choices)
    )
    return format_html_join("", html, rows)
