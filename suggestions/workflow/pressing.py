"""Pressing on: urging, supervision, remarks and what the voter adds along the way. The state stays what it is."""

from __future__ import annotations

from typing import Unpack

from suggestions.attachments import attach
from suggestions.models import Suggestion
from suggestions.steps import step
from suggestions.workflow.act import Act, Files, need


def urge(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    with step(pk, "urge", note=note, **act) as now:
        now.case.urge_count += 1
    return now.case


def supervise(pk: int, *, note: str = "", **act: Unpack[Act]) -> Suggestion:
    """督办 by the county office: the case is marked and every side is told."""
    with step(pk, "supervise", note=note, **act) as now:
        now.case.supervised_at = now.at
    return now.case


def remark(pk: int, *, note: str, files: Files = (), **act: Unpack[Act]) -> Suggestion:
    note = need(note, "请写明内容。")
    with step(pk, "remark", note=note, **act) as now:
        attach(now, files)
    return now.case


def supplement(pk: int, *, note: str = "", files: Files = (), held_words: str = "", **act: Unpack[Act]) -> Suggestion:
    """More from the voter: words, pictures, or the word that a picture did not arrive."""
    if not files:
        note = need(note, "请写明补充的内容，或选择要补充的照片。")
    with step(pk, "supplement", note=note, **act) as now:
        if held_words:
            known = now.case.held_words.split("、") if now.case.held_words else []
            now.case.held_words = "、".join(dict.fromkeys([*known, *held_words.split("、")]))[:200]
        attach(now, files)
    return now.case
