"""Pressing on: urging, supervision, remarks, what the voter adds or decides along the way. The state stays what it is."""

from __future__ import annotations

from typing import Unpack

from django.db import transaction

from suggestions import publicity
from suggestions.attachments import attach
from suggestions.errors import WorkflowError
from suggestions.models import Suggestion
from suggestions.steps import step
from suggestions.transitions import Voice
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


@transaction.atomic
def consent(pk: int, *, may_publish: bool, note: str = "", **act: Unpack[Act]) -> Suggestion:
    """Whether what came of it may be made public, said anew: by the voter, or by staff who asked and say how.

    A "no" takes down at once what was made public, or is on its way there, on the old word (个人信息保护法 art 15).
    """
    if not isinstance(act.get("by"), Voice):
        note = need(note, "请写明怎样得知选民的意愿，如哪天电话回访。")
    with step(pk, "consent", note=note, **act) as now:
        if now.case.may_publish == may_publish:
            raise WorkflowError(f"公开意愿本来就是“{'同意公开' if may_publish else '不公开'}”，没有改动。")
        now.before["may_publish"], now.after["may_publish"] = now.case.may_publish, may_publish
        now.case.may_publish = may_publish
    if not may_publish:
        publicity.take_down(now.case, by=now.by, reason=publicity.CONSENT_GONE)
    return now.case
