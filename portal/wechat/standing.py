"""Where a case stands, asked with number and code in one message."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from liaison.lib.querycodes import normalise_number
from portal.codes import right_case
from portal.limiting import WRONG_CODES, in_words
from portal.progress import STANDS
from suggestions.choices import State
from suggestions.models import Suggestion

CODE = 8  # characters of a code
NUMBER = r"[A-Z]{1,4}20\d{7,9}"
ASKED = re.compile(rf"({NUMBER})([A-Z0-9]{{{CODE}}})")
ALMOST = re.compile(rf"({NUMBER})[A-Z0-9]{{0,12}}")
MOST_REPLY = 300  # characters of an answer that are sent; the whole of it is on the page


def asked_for(text: str) -> tuple[str, str] | None:
    """Number and code in ``text`` (编号ＢＡ2026－00012，查询码 abcd 2345), the code empty where there is none that could be
    one; None where it is no question of that kind."""
    folded = unicodedata.normalize("NFKC", text).upper()
    signs = "".join(sign for sign in folded if sign.isascii() and sign.isalnum())
    if len(re.findall(r"[\u4e00-\u9fff]", folded)) > 20:
        return None  # somebody tells a story in which a number is mentioned
    if found := ASKED.fullmatch(signs):
        return found[1], found[2]
    if found := ALMOST.fullmatch(signs):
        return found[1], signs[len(found[1]) :]
    return None


def answer(number: str, code: str, who: str) -> str:
    """``who`` is counted for wrong codes, together with the number, as on the page."""
    number = normalise_number(number)
    if not code:
        return f"查{number}的进度，请把编号和 8 位查询码一起发来，例如：\n{number} ABCD2345\n查询码在回执上。"
    if wait := WRONG_CODES.left(who, number):
        return f"输错的次数太多了，请 {in_words(wait)}后再试。编号和查询码在您的回执上。"
    pk = right_case(number, code)
    if pk is None:
        wait = WRONG_CODES.wrong(who, number)
        later = f"{in_words(wait)}后可以再试。" if wait else ""
        return f"编号或查询码不对，请对照回执再发一次。{later}"
    WRONG_CODES.right(number)
    return _standing(Suggestion.objects.for_page().get(pk=pk))


def _standing(case: Suggestion) -> str:
    lines = [f"{case.number}　{case.title}", f"现在：{STANDS[State(case.state)]}。"]
    if case.is_open and case.due_on and case.state != State.REPLIED:
        lines.append(f"这一步应在{case.due_on:%Y年%-m月%-d日}前完成。")
        if case.is_overdue(timezone.localdate()):
            lines.append("已经超过时限，我们会催办。")
    if case.state == State.REFUSED:
        lines.append(f"原因：{case.get_refuse_reason_display()}。{case.refuse_note}")
    if case.reply:
        more = "……" if len(case.reply) > MOST_REPLY else ""
        lines.append(f"给您的回复：{case.reply[:MOST_REPLY]}{more}")
    page = urljoin(settings.SITE_URL, f"{reverse('portal:query')}?number={case.number}")
    lines.append(f"办理经过{'和评价' if case.state == State.REPLIED else ''}请看：{page}")
    return "\n".join(lines)
