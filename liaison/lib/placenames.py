"""Names of places and stations as people type them: full width, spaces, 村/乡/镇 left out, pinyin or its initials."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

from liaison.lib.pinyin import initials as with_surname

# What stations are called beside their place: 许良镇人大代表联络站, 许良村人大代表联络点, 教育人大代表工作室.
OFFICE = re.compile("(人大代表|代表)?(中心)?(联络站|联络点|工作室|工作站)$")
DIVISION = re.compile("街道办事处|居民委员会|村民委员会|居委会|村委会|街道办|街道|社区|县|市|区|镇|乡|村")
COMMITTEES = (("村(民委员会|委会)", "村"), ("(社区)?(居民委员会|居委会)", "社区"), ("街道(办事处|办)", "街道"))
CALLED = re.compile("人大代表|代表|中心")
PART = re.compile("[^省县市区镇乡村道]*(?:街道|[省县市区镇乡])")
LEFT_OUT = re.compile(r"[\W_]+")
SEPARATOR = "|"


def folded(text: str) -> str:
    """Half width, lower case, without spaces and punctuation. Words of Chinese, letters and digits remain."""
    return LEFT_OUT.sub("", unicodedata.normalize("NFKC", text).lower())


def place(name: str) -> str:
    """The place of a station's name: 许良村人大代表联络点 → 许良村. A name that is nothing else stays whole."""
    return OFFICE.sub("", name) or name


def usual(text: str) -> str:
    """许良村村委会 and 许良村民委员会 are meant as 许良村."""
    for words, kind in COMMITTEES:
        text = re.sub(f"{kind}?{words}", kind, text)
    return text


def bare(text: str) -> str:
    """Without 村, 乡, 镇 and the like; text that is nothing else stays whole."""
    return DIVISION.sub("", text) or text


def search_text(name: str, *others: str) -> str:
    """What a station is found by, in one column: ``|许良村|许良|xuliangcun|xlc|…|``.

    The first character of a village is mostly a surname (单庄 is shan, 任庄 ren), of other places the common reading
    (解放 jie): both are kept. ``others`` (address, trade) are found by their characters alone.
    """
    core = place(name)
    syllables = lazy_pinyin(core, style=Style.NORMAL)
    short = CALLED.sub("", name)
    words = [
        core,
        bare(core),
        name,
        bare(name),
        short,
        bare(short),
        "".join(syllables),
        "".join(one[:1] for one in syllables),
    ]
    words += [with_surname(core), *others]
    return SEPARATOR + SEPARATOR.join(dict.fromkeys(filter(None, map(folded, words)))) + SEPARATOR


def parts(query: str) -> list[str]:
    """From the wider to the narrower, as an address is written: 博爱县许良镇许良村, or 许良镇 许良村."""
    spaced = [folded(word) for word in query.split()]
    if len(spaced) > 1 and not query.isascii():
        return [word for word in spaced if word]
    whole, found = folded(query), []
    while (match := PART.match(whole)) and match.end() < len(whole):
        found.append(match.group())
        whole = whole[match.end() :]
    return [*found, whole] if whole else found
