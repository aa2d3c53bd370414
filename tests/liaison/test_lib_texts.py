from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from liaison.lib.grams import grams, terms
from liaison.lib.masking import findings, has_id_number, mask_address, mask_name, mask_phone, mask_text
from liaison.lib.pinyin import initials, sort_key
from liaison.lib.querycodes import ALPHABET, matches, new_code, normalise_number
from liaison.lib.text import clean


def test_every_two_character_word_of_a_text_is_a_gram():
    assert set(terms("路灯")) <= set(grams("村口路灯不亮").split())


def test_grams_do_not_join_what_punctuation_parts():
    assert "灯学" not in grams("路灯，学校").split()


def test_a_long_text_with_emoji_stays_bounded():
    assert len(grams("路灯🙂" * 4000).split()) < 10


@pytest.mark.parametrize("query", ["5组", "3号楼", "二〇", "𠅤村", "5g基站", "00012", "a2026"])
def test_a_word_is_found_where_numbers_meet_chinese(query):
    text = "许良村5组3号楼旁，二〇二六年𠅤村的 5G 基站，见BA2026-00012"
    assert terms(query) and set(terms(query)) <= set(grams(text).split())


def test_a_number_does_not_find_another_place():
    assert not set(terms("5组")) <= set(grams("许良村6组，5号").split())


def test_a_query_of_one_character_has_no_terms():
    assert terms("灯") == [] and terms("🙂") == []


def test_the_last_words_of_the_longest_text_are_found():
    text = "".join(chr(0x4E00 + number) for number in range(7996)) + "路灯不亮"
    assert set(terms("路灯不亮")) <= set(grams(text).split())


def test_a_code_has_eight_characters_nobody_confuses():
    code = new_code()
    assert len(code) == 8 and set(code) <= set(ALPHABET) and not set("01OIL") & set(ALPHABET)


@pytest.mark.parametrize("typed", ["abcd2345", "ＡＢＣＤ２３４５", "ABCD-2345", " abcd 2345 "])
def test_a_code_matches_however_it_is_typed(typed):
    assert matches("ABCD2345", typed)


@pytest.mark.parametrize("typed", ["ABCD2346", "ABCD234", "", "密码"])
def test_another_code_does_not_match(typed):
    assert not matches("ABCD2345", typed)


def test_no_code_opens_nothing():
    assert not matches("", "") and not matches("", " - ")


@pytest.mark.parametrize("typed", ["BA2026-00012", "ba202600012", "ＢＡ２０２６－０００１２", "ba 2026 00012"])
def test_a_number_is_read_however_it_is_typed(typed):
    assert normalise_number(typed) == "BA2026-00012"


def test_masks_leave_enough_to_recognise():
    assert mask_phone("13800001234") == "138****1234"
    assert mask_name("赵小满") == "赵**" and mask_name("") == ""
    assert mask_address("许良村三组") == "许良村**"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("03918681234", "039****1234"), ("86812345", "86****45"), ("8681234", "86***34"), ("110", "***")],
)
def test_a_short_number_is_not_given_away(phone, shown):
    assert mask_phone(phone) == shown


def test_personal_data_in_a_text_is_found_by_kind_in_its_order():
    text = "请打13800001234或0391-8681234，身份证410822196805120011，车豫H12345，信a@b.cn"
    assert findings(text) == [
        ("手机号", "13800001234"),
        ("电话号码", "0391-8681234"),
        ("身份证号", "410822196805120011"),
        ("车牌号", "豫H12345"),
        ("电子邮箱", "a@b.cn"),
    ]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("手机号", "138 0000 1234"),
        ("手机号", "138-0000-1234"),
        ("手机号", "+8613800001234"),
        ("手机号", "86 13800001234"),
        ("手机号", "１３８００００１２３４"),
        ("手机号", "一三八零零零零一二三四"),
        ("电话号码", "(0391)8681234"),
        ("电话号码", "（0391）8681234"),
        ("电话号码", "０３９１－８６８１２３４"),
        ("身份证号", "410822 19680512 001X"),
        ("身份证号", "４１０８２２１９６８０５１２００１１"),
        ("银行卡号", "6222 0212 3456 7890 123"),
        ("电子邮箱", "13800001234@139.com"),
        ("电子邮箱", "ａ＠ｂ．ｃｎ"),
        ("车牌号", "豫h12345"),
        ("车牌号", "豫H·D12345"),
        ("车牌号", "豫HD12345"),
    ],
)
def test_personal_data_is_found_however_it_is_typed(kind, typed):
    assert findings(f"我是{typed}，谢谢") == [(kind, typed)]
    assert mask_text(f"我是{typed}，谢谢") == f"我是{'*' * len(typed)}，谢谢"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("联系电话：8681234", "联系电话：*******"),
        ("请致电7726705，谢谢", "请致电*******，谢谢"),
        ("电话：3225715、3225716", "电话：***************"),
        ("0745-3225715/3225716", "********************"),
        ("微信号wx_12345", "微信号********"),
        ("QQ：12345678", "QQ：********"),
        ("微信13800001234", "微信***********"),
    ],
)
def test_a_word_before_a_number_says_what_it_is(text, masked):
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026年11月23日10:30",
        "共计12345678元，面积1234567平方米",
        "编号BA2026-00012",
        "京广路12345号，贵Company，豫AB公司",
        "拨打12345热线，G3511高速，一二三四五六",
        "410822104000",  # a division code
        "许良村有一千三百八十户，二〇二六年",
    ],
)
def test_what_is_nobodys_data_stays(text):
    assert findings(text) == [] and mask_text(text) == text


def test_masked_text_keeps_the_rest():
    assert mask_text("电话13800001234，谢谢🙂") == "电话***********，谢谢🙂"


MESSAGES = Path(settings.BASE_DIR).parent / "shared" / "data" / "messages_replied.xlsx"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("许良村张书记说这事归镇里管", "姓名称呼", ["张书记"]),
        ("隔壁王大爷家的水也停了", "姓名称呼", ["王大爷"]),
        ("村支部书记张建国多次上门", "姓名称呼", ["张建国"]),
        ("张建国书记、李主任到过现场", "姓名称呼", ["张建国书记", "李主任"]),
        ("村民王大柱反映，邻居李秀英、赵明也这样说", "姓名称呼", ["王大柱", "李秀英", "赵明"]),
        ("我叫赵小满，联系人：钱有才", "姓名称呼", ["赵小满", "钱有才"]),
        ("欧阳女士来电", "姓名称呼", ["欧阳女士"]),
        ("老张，你帮忙看看", "姓名称呼", ["老张"]),
        ("家住许良村三组12号", "住址门牌", ["三组12号"]),
        ("幸福路１２号门口积水", "住址门牌", ["１２号"]),
        ("阳光小区2号楼1单元501室漏水", "住址门牌", ["2号楼1单元501室"]),
        ("阳光小区3-2-501，第五村民小组", "住址门牌", ["3-2-501", "第五村民小组"]),
        ("村西头第二户", "住址门牌", ["西头第二户"]),
    ],
)
def test_people_and_doors_are_found_where_they_are_asked_for(text, kind, found):
    assert findings(text, everything=True) == [(kind, one) for one in found]
    assert findings(text) == [] and mask_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "李某某反映王某家门前积水，张某主任已到场",
        "书记高度重视，相关主任现场办公，由于会计不在",
        "对方老板没有露面，时任书记已调走",
        "代表们关注施工安全，村民严重不满",
        "11月25号接待，文件第12号，G3511高速，第二批路灯",
        "村民反映路灯不亮，群众很高兴，书记和镇长都来了",
        "许良镇许良村人民路东段，离学校120米",
    ],
)
def test_what_names_nobody_stays(text):
    assert findings(text, everything=True) == []


def test_a_masked_name_keeps_its_title_and_what_was_confirmed_stays():
    text = "张建国书记和王大爷到幸福路12号"
    assert mask_text(text, everything=True) == "***书记和*大爷到幸福路***"
    assert mask_text(text, everything=True, keep=["张建国书记"]) == "张建国书记和*大爷到幸福路***"


@pytest.mark.skipif(not MESSAGES.exists(), reason="the collection of real messages is not here")
def test_in_real_messages_nothing_is_left_after_masking_and_little_is_taken():
    rows = openpyxl.load_workbook(MESSAGES, read_only=True).active.iter_rows(min_row=2, values_only=True)
    texts = [str(cell) for row in rows for cell in (row[2], row[4], row[5]) if cell]
    masked = [mask_text(text, everything=True) for text in texts]
    assert [text for text in masked if findings(text, everything=True)] == []
    stars = sum(text.count("*") for text in masked) - sum(text.count("*") for text in texts)
    assert 500 < stars < sum(map(len, texts)) / 100


def test_an_id_number_is_recognised_with_x_too():
    assert has_id_number("证号41082219680512001X") and not has_id_number("订单4108221968051200111234")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单小红", "shan"),
        ("单于明", "chan yu"),
        ("覃勇", "qin"),
        ("黑明", "he"),
        ("卜明", "bu"),
        ("阚明", "kan"),
        ("曾国强", "zeng"),
        ("尉迟恭", "yu chi"),
        ("解放", "xie"),
    ],
)
def test_surnames_are_read_as_surnames(name, key):
    assert sort_key(name).startswith(key)


def test_initials_of_a_place():
    assert initials("许良镇") == "xlz"


def test_full_width_digits_are_folded_and_chinese_punctuation_stays():
    assert clean("电话１３８，在吗？") == "电话138，在吗？"


def test_invisible_signs_go_and_emoji_stay():
    assert clean("a\u200bb\u202ec\x00 👨‍👩‍👧") == "abc 👨‍👩‍👧"


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029", "\r", "\r\n"])
def test_every_line_end_is_one_line_end(sign):
    assert clean(f"一{sign}二") == "一\n二"


@pytest.mark.parametrize("sign", ["\xad", "\u200c", "\u061c", "\ufffe", "\uffff", "\ud800", "\x9f", "\u206a"])
def test_what_no_reader_sees_and_no_sheet_can_hold_goes(sign):
    assert clean(f"甲{sign}乙") == "甲乙"
