"""Chips of 代表建议 and 议案: ``{% load formal %}``."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from suggestions.formal_page import SIGNER_TONES, TONES
from suggestions.models import Formal, FormalSigner, FormalState, SignerState

register = template.Library()
CHIP = '<span class="status status-{}">{}</span>'


@register.simple_tag
def formal_state(paper: Formal) -> SafeString:
    return format_html(CHIP, TONES[FormalState(paper.state)], paper.state_words)


@register.simple_tag
def signer_state(signer: FormalSigner) -> SafeString:
    return format_html(CHIP, SIGNER_TONES[SignerState(signer.state)], signer.get_state_display())
