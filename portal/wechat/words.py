"""What the account says: short, plain, and the same everywhere."""

from __future__ import annotations

from django.conf import settings

from liaison.lib.masking import mask_phone
from liaison.lib.querycodes import grouped
from portal.models import WechatAccount, WechatDialogue
from portal.wechat.places import place_name
from stations.models import County, Station
from suggestions.models import Suggestion

MOST_PHOTOS = 5
MOST_CHOICES = 30
MOST_CONTENT = 8000

NEED_WORDS = "请再用几句话说说：是什么事，在哪里，希望怎样解决。"
NO_ID = "这里有一串像身份证号的数字。我们不登记身份证号，请删去以后再发一次。"
UNREADABLE = "这里只认得文字和照片。请把事情打字发来，可以附照片。"
TOO_FAST = "您发得太快了，请过一会儿再发。着急的事请直接到联络站，或打联络站的电话。"
TOO_MANY_CASES = "今天提交的事情已经很多了，请明天再提交，或直接到联络站反映。"
TOO_MANY_PHOTOS = f"照片最多 {MOST_PHOTOS} 张，这一张没有收。"
PHONE = "请留一个联系电话，方便代表给您回话。\n不想留，请回复“跳过”。"
FORGOTTEN = "好的，刚才写的都不要了。要反映别的事，直接发过来就行。"
ADDED = "已补充到您反映的内容里。"
TOO_LONG = f"太长了，一共最多 {MOST_CONTENT} 字。请删减以后再发。"


def greeting(account: WechatAccount) -> str:
    return (
        f"这里是{account.county.name}人大代表联络站。您可以：\n"
        "1. 反映问题：把事情直接打字发来，可以附照片；\n"
        f"2. 查进度：把编号和查询码一起发来，例如 {account.county.prefix}2026-00012 ABCD2345；\n"
        f"3. 找联络站和代表：{settings.SITE_URL}/\n"
        "不用注册。写错了回复“重来”。不满 14 周岁的，请家长来反映。"
    )


def which_again(station: Station) -> str:
    return f"是{station.name}那里的事吗？\n是，请回复 1。\n不是，请回复乡镇（街道）或村（社区）的名字。"


def which(stations: list[Station], county: County) -> str:
    return f"是哪里的事？请回复数字，或乡镇（街道）、村（社区）的名字：\n{_numbered([place_name(s, county) for s in stations])}"


def which_village(township: Station, villages: list[Station], county: County) -> str:
    names = [f"{place_name(township, county)}（不分村）", *(place_name(village, county) for village in villages)]
    return f"是{place_name(township, county)}哪个村（社区）的事？请回复数字或名字：\n{_numbered(names)}"


def which_of(stations: list[Station]) -> str:
    names = [f"{s.name}（{s.parent.name}）" if s.parent and s.parent.parent_id else s.name for s in stations]
    return f"您说的是哪一个？请回复数字：\n{_numbered(names)}"


def not_found(words: str, question: str) -> str:
    return f"没有找到“{words[:20]}”。\n{question}"


def _numbered(names: list[str]) -> str:
    lines = [f"{number} {name}" for number, name in enumerate(names[:MOST_CHOICES], 1)]
    if len(names) > MOST_CHOICES:
        lines.append(f"还有 {len(names) - MOST_CHOICES} 个没有列出，请回复名字。")
    return "\n".join(lines)


def photo_kept(count: int) -> str:
    return f"照片收到了（第 {count} 张）。"


def summary(dialogue: WechatDialogue, photos: int) -> str:
    """Everything once more before it is sent, with what the data is for and how long it stays (个人信息保护法 art 17)."""
    content = (
        dialogue.content
        if len(dialogue.content) <= 120
        else f"{dialogue.content[:120]}……（共 {len(dialogue.content)} 字）"
    )
    lines = [
        "请核对：",
        content,
        f"交给：{dialogue.station.name if dialogue.station else ''}",
        f"电话：{mask_phone(dialogue.phone) if dialogue.phone else '不留'}",
    ]
    if photos:
        lines.append(f"照片：{photos} 张")
    lines += [
        "",
        "您的电话只为办理和回复这件事使用，加密保存，公开页面上不会出现；办结后可以凭编号和查询码要求删除。",
        "没有问题请回复 1 提交；要补充就接着写；要重写回复“重来”。",
    ]
    return "\n".join(lines)


def receipt(case: Suggestion) -> str:
    by_when = f"{case.due_on:%-m月%-d日}前" if case.due_on else ""
    return (
        f"已交给{case.station.name}。\n编号：{case.number}\n查询码：{grouped(case.query_code)}\n"
        f"请记下或截图保存。联络站{by_when}决定是否受理，受理后交有关单位办理，办好由人大代表回复您。\n"
        "查进度：把编号和查询码一起发到这里。"
    )
