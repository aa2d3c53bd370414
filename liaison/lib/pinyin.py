"""Sort keys and initials of Chinese names. ``pypinyin`` misreads surnames that are read otherwise as words."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "盖": "ge",
    "区": "ou",
    "朴": "piao",
    "任": "ren",
    "华": "hua",
    "乐": "yue",
    "翟": "zhai",
    "缪": "miao",
    "尹": "yin",
    "种": "chong",
    "召": "shao",
    "折": "she",
    "覃": "qin",
    "黑": "he",
    "秘": "bi",
    "员": "yun",
    "卜": "bu",
    "薄": "bo",
    "都": "du",
    "乜": "nie",
    "句": "gou",
    "祭": "zhai",
    "重": "chong",
    "佴": "nai",
    "藏": "zang",
    "阚": "kan",
    "郇": "xun",
    "单于": "chan yu",
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "令狐": "ling hu",
}


@lru_cache(maxsize=10_000)  # a sort key and initials are asked of each name, and rosters repeat names
def _syllables(name: str) -> tuple[str, ...]:
    for length in (2, 1):
        if len(name) > length and name[:length] in SURNAMES:
            return (*SURNAMES[name[:length]].split(), *lazy_pinyin(name[length:], style=Style.NORMAL))
    return tuple(lazy_pinyin(name, style=Style.NORMAL))


def sort_key(name: str) -> str:
    """Names sort by syllable, then by character (two names that sound alike keep a fixed order)."""
    return (" ".join(_syllables(name)) + " " + name)[:80]


def initials(text: str) -> str:
    return "".join(syllable[:1] for syllable in _syllables(text)).lower()
