"""The conversation: what it is about, where, a telephone, a look at it all, and it is a case.

Each answer ends with the next question, so whoever comes back after an hour knows where things stand.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from liaison.lib.encryption import blind_index
from liaison.lib.masking import has_id_number
from liaison.lib.text import clean
from portal import held_words
from portal.limiting import WECHAT_CASES, WECHAT_MESSAGES
from portal.models import Stage, WechatAccount, WechatDialogue, WechatPerson, WechatPicture
from portal.wechat import places, standing, words
from portal.wechat.envelope import Incoming
from stations.models import Kind, Station
from suggestions import workflow
from suggestions.choices import Channel
from suggestions.forms_fields import CallField
from suggestions.registration import VoterData

EXPIRES = timedelta(days=1)  # after the last word
LEAST = 5  # characters that can say what a matter is; “你好” cannot
LONG = 12  # characters: longer than a place or a number, so it is more of the story
AGAIN = {"重来", "撤销", "取消", "重写", "算了"}
HELP = {"帮助", "菜单", "你好", "您好", "在吗", "?", "help"}
SKIP = {"跳过", "不留", "不用", "没有", "无", "0"}
YES = {"1", "提交", "确认", "确定", "是", "是的", "对", "好", "好的", "可以", "没问题", "ok"}


@dataclass
class Talk:
    account: WechatAccount
    person: WechatPerson
    message: Incoming

    @property
    def who(self) -> str:
        return f"wechat:{self.person.openid_index}"

    def dialogue(self) -> WechatDialogue | None:
        """The one that is still open; what is a day old is forgotten here too, should the clock be late."""
        found = WechatDialogue.objects.filter(person=self.person).select_related("station").first()
        if found and found.changed_at < timezone.now() - EXPIRES:
            found.delete()
            return None
        return found


def answer_to(account: WechatAccount, person: WechatPerson, message: Incoming) -> str:
    """What ``message`` is answered; the row of ``person`` is locked by the caller."""
    talk = Talk(account, person, message)
    if message.kind == "event":
        return _event(talk)
    if WECHAT_MESSAGES.used_up(talk.who):
        return words.TOO_FAST
    WECHAT_MESSAGES.count(talk.who)
    if message.kind == "text":
        return _text(talk, clean(message.text))
    if message.kind == "image":
        return _picture(talk)
    dialogue = talk.dialogue()
    return f"{words.UNREADABLE}\n{_question(talk, dialogue)}" if dialogue else words.UNREADABLE


def _event(talk: Talk) -> str:
    if talk.message.event == "unsubscribe":
        talk.person.delete()  # with everything that was remembered of the person
        return ""
    return words.greeting(talk.account) if talk.message.event in ("subscribe", "SCAN", "CLICK") else ""


def _text(talk: Talk, text: str) -> str:
    dialogue = talk.dialogue()
    if _plain(text) in AGAIN:
        if dialogue:
            dialogue.delete()
        return words.FORGOTTEN
    if asked := standing.asked_for(text):
        return standing.answer(*asked, talk.who)
    if has_id_number(text):
        return words.NO_ID
    if dialogue is None:
        return _begin(talk, text)
    return STAGES[Stage(dialogue.stage)](talk, dialogue, text)


def _begin(talk: Talk, text: str) -> str:
    if len(text) < LEAST or _plain(text) in HELP:
        return words.greeting(talk.account)
    if len(text) > words.MOST_CONTENT:
        return words.TOO_LONG
    dialogue = WechatDialogue(person=talk.person, stage=Stage.PLACE, content=text)
    _save(dialogue)
    return _ask_place(talk, dialogue)


def _on_content(talk: Talk, dialogue: WechatDialogue, text: str) -> str:
    if len(text) < LEAST:
        return words.NEED_WORDS
    if len(text) > words.MOST_CONTENT:
        return words.TOO_LONG
    dialogue.content, dialogue.stage = text, Stage.PLACE
    _save(dialogue)
    return _ask_place(talk, dialogue)


def _ask_place(talk: Talk, dialogue: WechatDialogue) -> str:
    before = talk.person.station
    if before and before.is_active and before.county_id == talk.account.county_id:
        _offer(dialogue, [before])
        return words.which_again(before)
    return _ask_township(talk, dialogue)


def _ask_township(talk: Talk, dialogue: WechatDialogue) -> str:
    county = talk.account.county
    _offer(dialogue, places.townships(county))
    return words.which(places.townships(county), county)


def _on_place(talk: Talk, dialogue: WechatDialogue, text: str) -> str:
    county = talk.account.county
    number = 1 if len(dialogue.choices) == 1 and _plain(text) in YES else _number(text)
    if number is not None:
        if 1 <= number <= len(dialogue.choices):
            picked = places.chosen(county, [dialogue.choices[number - 1]])
            if picked:
                return _at(talk, dialogue, picked[0])
        return words.not_found(text, _question(talk, dialogue))
    found = places.find(county, text)
    if len(found) == 1:
        return _at(talk, dialogue, found[0])
    if found:
        _offer(dialogue, found[: words.MOST_CHOICES])
        return words.which_of(found)
    if len(text) > LONG:
        return _add(talk, dialogue, text)
    return words.not_found(text, _ask_township(talk, dialogue))


def _at(talk: Talk, dialogue: WechatDialogue, station: Station) -> str:
    """``station`` was named. A township is asked for its village once, unless it is what was meant the last time."""
    villages = places.below(station) if station.kind == Kind.TOWNSHIP else []
    if villages and station.pk not in (dialogue.station_id, talk.person.station_id):
        dialogue.station = station
        _offer(dialogue, [station, *villages])
        return words.which_village(station, villages, talk.account.county)
    dialogue.station, dialogue.stage = station, Stage.PHONE
    _save(dialogue)
    return words.PHONE


def _on_phone(talk: Talk, dialogue: WechatDialogue, text: str) -> str:
    if _plain(text) in SKIP:
        dialogue.phone = ""
    else:
        try:
            dialogue.phone = CallField(required=True).clean(text)
        except ValidationError as error:
            if len(text) > LONG and not re.search(r"\d{7}", text):
                return _add(talk, dialogue, text)
            return f"{' '.join(error.messages)}\n不想留电话，请回复“跳过”。"
    dialogue.stage = Stage.CONFIRM
    _save(dialogue)
    return _question(talk, dialogue)


def _on_confirm(talk: Talk, dialogue: WechatDialogue, text: str) -> str:
    if _plain(text) in YES:
        return _submit(talk, dialogue)
    if len(text) >= LEAST:
        return _add(talk, dialogue, text)
    return _question(talk, dialogue)


def _add(talk: Talk, dialogue: WechatDialogue, text: str) -> str:
    """People write as they speak, one sentence a message: what answers no question is more of the story."""
    longer = f"{dialogue.content}\n{text}"
    if len(longer) > words.MOST_CONTENT:
        return words.TOO_LONG
    dialogue.content = longer
    _save(dialogue)
    return f"{words.ADDED}\n{_question(talk, dialogue)}"


STAGES = {
    Stage.CONTENT: _on_content,
    Stage.PLACE: _on_place,
    Stage.PHONE: _on_phone,
    Stage.CONFIRM: _on_confirm,
}


def _picture(talk: Talk) -> str:
    message, dialogue = talk.message, talk.dialogue()
    if not (message.media_id or message.picture):
        return words.UNREADABLE
    if dialogue is None:
        dialogue = WechatDialogue(person=talk.person, stage=Stage.CONTENT)
    _save(dialogue)
    count = dialogue.pictures.count()
    if count >= words.MOST_PHOTOS:
        return f"{words.TOO_MANY_PHOTOS}\n{_question(talk, dialogue)}"
    WechatPicture.objects.create(
        account=talk.account, dialogue=dialogue, media_id=message.media_id[:200], address=message.picture[:1000]
    )
    return f"{words.photo_kept(count + 1)}\n{_question(talk, dialogue)}"


def _question(talk: Talk, dialogue: WechatDialogue) -> str:
    """What is waited for, asked once more."""
    match dialogue.stage:
        case Stage.CONTENT:
            return words.NEED_WORDS
        case Stage.PHONE:
            return words.PHONE
        case Stage.CONFIRM:
            return words.summary(dialogue, dialogue.pictures.count())
    offered = places.chosen(talk.account.county, dialogue.choices)
    if offered and dialogue.station_id == offered[0].pk:
        return words.which_village(offered[0], offered[1:], talk.account.county)
    return words.which_of(offered) if offered else _ask_township(talk, dialogue)


def _submit(talk: Talk, dialogue: WechatDialogue) -> str:
    if WECHAT_CASES.used_up(talk.who):
        return words.TOO_MANY_CASES
    if dialogue.station is None:
        return _ask_township(talk, dialogue)
    try:
        case = workflow.submit(
            station=dialogue.station,
            title=title_of(dialogue.content),
            content=dialogue.content,
            voter=VoterData(phone=dialogue.phone),
            channel=Channel.WECHAT,
            held_words=held_words.found_in(talk.account.county_id, dialogue.content),
            # Keyed, so that no form of the public page can be sent under the same token first.
            token=blind_index(f"wechat:{talk.account.pk}:{talk.message.identity}"),
        )
    except ValidationError as error:
        dialogue.station, dialogue.stage = None, Stage.PLACE
        return f"{' '.join(error.messages)}\n{_ask_township(talk, dialogue)}"
    WECHAT_CASES.count(talk.who)
    dialogue.pictures.update(dialogue=None, case=case, next_try_at=timezone.now())
    talk.person.station = dialogue.station
    talk.person.save(update_fields=["station"])
    dialogue.delete()
    return words.receipt(case)


def title_of(content: str) -> str:
    """The first sentence, in at most forty characters."""
    first = next((part.strip() for part in re.split(r"[。！？!?；;\n]", content) if part.strip()), content)
    return first if len(first) <= 40 else f"{first[:39]}…"


def _offer(dialogue: WechatDialogue, stations: list[Station]) -> None:
    dialogue.choices = [station.pk for station in stations]
    _save(dialogue)


def _save(dialogue: WechatDialogue) -> None:
    dialogue.changed_at = timezone.now()
    dialogue.save()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(' 。.！!“”"').lower()


def _number(text: str) -> int | None:
    plain = _plain(text)
    return int(plain) if re.fullmatch(r"[0-9]{1,3}", plain) else None
