"""Invented people: names, posts, phones. Deterministic; the phones are of no real subscriber's form in use."""

from __future__ import annotations

import random
from dataclasses import dataclass

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万钱严武戴莫孔向常"
MALE = [
    "建国",
    "志强",
    "国庆",
    "卫东",
    "海涛",
    "明亮",
    "永刚",
    "文军",
    "新民",
    "小军",
    "保国",
    "德才",
    "广林",
    "金山",
    "铁柱",
    "长河",
    "洪波",
    "学文",
    "立新",
    "振华",
    "书林",
    "春生",
    "庆丰",
    "俊杰",
    "晓东",
    "占奎",
    "福来",
    "玉林",
    "全胜",
    "天佑",
]
FEMALE = [
    "秀英",
    "桂兰",
    "玉梅",
    "爱华",
    "丽萍",
    "红霞",
    "春燕",
    "小娟",
    "凤琴",
    "素珍",
    "雪梅",
    "晓丽",
    "翠花",
    "海燕",
    "喜凤",
    "巧云",
    "文静",
    "淑敏",
    "艳玲",
    "慧敏",
    "月娥",
    "金凤",
    "会芳",
    "瑞霞",
    "彩云",
]
ETHNICITIES = ["汉族"] * 18 + ["回族"]
PARTIES = ["中共党员"] * 7 + ["群众"] * 2 + ["民进会员"]
EDUCATIONS = ["初中", "高中", "中专", "大专", "大专", "本科", "本科", "研究生"]


@dataclass(frozen=True)
class Person:
    name: str
    gender: str
    ethnicity: str
    born_in: str
    party: str
    education: str
    phone: str


class People:
    """Draws people one after another; the same seed gives the same people, no name twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used: set[str] = set()
        self.phones = 0

    def phone(self) -> str:
        self.phones += 1
        return f"1390000{self.phones:04d}"

    def draw(self) -> Person:
        pick = self.random
        gender = "女" if pick.random() < 0.34 else "男"
        name = ""
        while not name or name in self.used:
            name = pick.choice(SURNAMES) + pick.choice(FEMALE if gender == "女" else MALE)
        self.used.add(name)
        return Person(
            name=name,
            gender=gender,
            ethnicity=pick.choice(ETHNICITIES),
            born_in=f"{pick.randint(1960, 1996)}-{pick.randint(1, 12):02d}",
            party=pick.choice(PARTIES),
            education=pick.choice(EDUCATIONS),
            phone=self.phone(),
        )
