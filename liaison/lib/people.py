"""How people and doors are named in running text: 张书记, 村民王大柱, 三组12号, 2号楼1单元501室.

For texts that are about to be public. Rather a name too many than one too few: each finding is looked at by a person,
who masks it or says that it may stay. Who is hidden already (李某某, 王**) is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HAN = "\u4e00-\u9fff"
# The commonest surnames, without those that are mostly other words in such texts (时, 路, 车, 党, 向, 和, 代, 成 …).
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔汤温康施牛樊葛"
    "邢齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关焦左柳祝纪尚毕包宁甘骆冉靳裴阮褚娄凌霍翁柴阎鲍卞卜闵冀解苗卫常"
)
DOUBLE = "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐"
# What stands before a surname that is but the end of a word: 由于, 相关, 对方, 时任, 提高 …
WORD_ENDS = {
    "于": "由对关鉴位等处属至基低高终关",
    "关": "相有机海公无难把闸开",
    "方": "对双各地甲乙官警多一我校医厂院平立四大部南北东西下上后前",
    "任": "时现历主责担曾新委信前原上继负",
    "高": "提偏过太很最增初年较升新更普",
    "马": "人犬车斑",
    "金": "资现基奖押租罚薪年税定公保",
    "林": "园森绿造山护果树",
    "田": "农良油水稻梯秧基耕",
    "石": "砂碎沙水岩矿",
    "江": "长珠",
    "包": "承面打发外",
    "段": "路阶时地河分工手",
    "万": "千百十几数一两三四五六七八九",
    "施": "设实措",
    "安": "公治平保",
    "解": "了化理调和分",
    "严": "从",
    "程": "工流过课进全章路",
    "白": "明",
    "周": "一两每上下本四",
    "何": "任如为",
    "温": "高低保气水",
    "史": "历",
    "苗": "树禾疫",
    "章": "文违公规",
    "康": "健小",
    "易": "容交贸轻不",
    "付": "支应交未缴拨垫",
    "余": "其业剩多",
    "曾": "也都",
    "常": "经正日平异非通时",
    "纪": "世年违",
    "庄": "村",
    "尚": "高时",
    "卫": "环保守",
}
TITLES = (
    "(?:副|老)?(?:书记|主任|镇长|乡长|县长|市长|区长|局长|科长|股长|所长|站长|院长|校长|园长|村长|组长|队长|厂长|主席|部长|处长|会长|经理)"
    "|支书|总经理|老板|会计|委员|代表|老师|医生|大夫|护士|警官|法官|检察官|律师|师傅|教授|工程师|电工|保安"
    "|大爷|大妈|大娘|大叔|大伯|大姐|大哥|大嫂|老汉|阿姨|叔叔|伯伯|爷爷|奶奶|婶|女士|先生|小姐|同志|同学|老太太?|家媳妇|家老[大二三四五]"
)
# Said right before somebody's full name.
BEFORE_A_NAME = (
    r"(?:名字叫|名叫|姓名|我叫|我是|本人|署名|联系人|负责人|经办人|包工头|承包人|申请人|当事人|户主|业主|村民|居民|群众|市民|网友|邻居"
    r"|贫困户|低保户|五保户|残疾人|老党员|老人|学生|家长|丈夫|妻子|老公|老婆|儿子|女儿|父亲|母亲|爸爸|妈妈|爷爷|奶奶|哥哥|弟弟|姐姐|妹妹|儿媳|女婿"
    r"|书记|支书|主任|镇长|乡长|村长|组长|队长|会计|局长|科长|所长|院长|校长|经理|老板|主席|老师|医生|法官|警官|代表|同志)"
    r"[:：\s]{0,2}[叫是为]?"
)
# Characters that sentences have, and given names hardly.
NOT_GIVEN = (
    "的地了着过们个在于和与及或等对把被将向从由让给往到去是无没不也都还就又再只已曾能可要应该因为所以其它他她这那此某说讲称问答反"
    "映求办理解决处置家户房屋门院村镇乡县市区街路号组局委部室厂店站所主任书记代表员日时分十百千二三四五六七八九两几多少每各上下"
    "里外前后左右间旁边度速面便排额油位辆费款钱量工程事情况题请您你我通知系告我找电话"
)
GIVEN = rf"(?![{NOT_GIVEN}])[{HAN}]"
# Words that begin as a surname does.
WORDS = (
    "严重|严格|严令|严肃|关注|关心|关切|关系|申报|申领|申请|周末|周围|周期|周到|卫生|左侧|谢谢|常务|常年|常住|任何|任务|解惑|任课|高出|高中|高速|高度"
    "|钱财|牛奶|陆续|于今|于当|于水|石场|石矿|石灰|包庇|包括|武学|金融|金额|方便|方案|安全|安排|安装|万元|马上|温暖|施工|施行|余名|江山|田间|白天|包案"
)
SURNAME = rf"(?:{DOUBLE}|(?!{WORDS})[{SURNAMES}])"
# 张书记, 张建国书记 | 村民王大柱 | 老张
NAME = re.compile(
    rf"(?:(?P<titled>{SURNAME}(?:{GIVEN}){{0,2}})(?:{TITLES})"
    rf"|{BEFORE_A_NAME}(?P<told>{SURNAME}(?:{GIVEN}){{1,2}})"
    rf"|(?<![{HAN}])(?P<called>[老小]{SURNAME})(?=[，。、,的家说和在是\s]))"
)

AND_MORE = re.compile(rf"[、，,和及与]({SURNAME}(?:{GIVEN}){{1,2}})")  # 村民张明、李红

NUMBER = r"(?:[0-9]{1,4}(?:[-—–][0-9]{1,4})?|[一二三四五六七八九十百]{1,4})"
INNER = rf"(?:附?{NUMBER}(?:号楼|号院|号|栋|幢|座|单元|层|楼|室|户|排)|[东西南北中](?:单元|户)|[0-9]{{3,4}}(?![0-9年元米人户]))"
# A group, building or unit says itself what it is; a bare number is a door only behind the name of a street or village.
DOOR = re.compile(
    rf"(?:第?{NUMBER}(?:村民)?小?组|第?{NUMBER}号[楼院]|第?{NUMBER}[栋幢]|第?{NUMBER}单元|门牌号?{NUMBER}号?"
    rf"|(?<=[路街巷道弄同村组区院苑园里庄寨])附?{NUMBER}号(?![线文令机井台车]|公路|地块|公告))"
    rf"(?:[，,、 ]?{INNER})*"
    rf"|(?<![0-9])[0-9]{{3,4}}室"
    rf"|(?<=[区苑园府城庭湾])[0-9]{{1,3}}[-—–][0-9]{{1,2}}[-—–][0-9]{{3,4}}(?![0-9])"
    rf"|[东西南北]头?数?第{NUMBER}(?:家|户)"
)


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where somebody is named by surname: with the title that follows the name, since that is how one knows who it is."""
    place = 0
    while match := NAME.search(text, place):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        surname, before = text[start], text[start - 1 : start]
        if kind != "called" and before and before in WORD_ENDS.get(surname, ""):
            place = match.start() + 1
            continue
        yield start, match.end() if kind == "titled" else end
        place = end  # the title may say that another name follows
        while kind == "told" and (more := AND_MORE.match(text, place)):
            yield more.span(1)
            place = more.end()


def doors(text: str) -> Iterator[tuple[int, int]]:
    for match in DOOR.finditer(text):
        yield match.span()


def kept_of(name: str) -> int:
    """How many characters at the end of a found name are the title, which may stay when the name is masked."""
    match = re.fullmatch(rf"{SURNAME}(?:{GIVEN}){{0,2}}?({TITLES})", name)
    return len(match.group(1)) if match else 0
