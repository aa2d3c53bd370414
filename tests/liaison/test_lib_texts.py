import pytest

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


def test_a_code_has_eight_characters_nobody_confuses():
    code = new_code()
    assert len(code) == 8 and set(code) <= set(ALPHABET) and not set("01OIL") & set(ALPHABET)


@pytest.mark.parametrize("typed", ["abcd2345", "ＡＢＣＤ２３４５", "ABCD-2345", " abcd 2345 "])
def test_a_code_matches_however_it_is_typed(typed):
    assert matches("ABCD2345", typed)


def test_another_code_does_not_match():
    assert not matches("ABCD2345", "ABCD2346")


@pytest.mark.parametrize("typed", ["BA2026-00012", "ba202600012", "ＢＡ２０２６－０００１２", "ba 2026 00012"])
def test_a_number_is_read_however_it_is_typed(typed):
    assert normalise_number(typed) == "BA2026-00012"


def test_masks_leave_enough_to_recognise():
    assert mask_phone("13800001234") == "138****1234"
    assert mask_name("赵小满") == "赵**" and mask_name("") == ""
    assert mask_address("许良村三组") == "许良村**"


def test_personal_data_in_a_text_is_found_by_kind():
    text = "请打13800001234或0391-8681234，身份证410822196805120011，车豫H12345，信a@b.cn"
    assert {kind for kind, _ in findings(text)} == {"手机号", "电话号码", "身份证号", "车牌号", "电子邮箱"}


def test_masked_text_keeps_the_rest():
    assert mask_text("电话13800001234，谢谢") == "电话***********，谢谢"


def test_an_id_number_is_recognised_with_x_too():
    assert has_id_number("证号41082219680512001X") and not has_id_number("订单4108221968051200111234")


@pytest.mark.parametrize(
    ("name", "key"), [("单小红", "shan"), ("曾国强", "zeng"), ("尉迟恭", "yu chi"), ("解放", "xie")]
)
def test_surnames_are_read_as_surnames(name, key):
    assert sort_key(name).startswith(key)


def test_initials_of_a_place():
    assert initials("许良镇") == "xlz"


def test_full_width_digits_are_folded_and_chinese_punctuation_stays():
    assert clean("电话１３８，在吗？") == "电话138，在吗？"


def test_invisible_signs_go_and_emoji_stay():
    assert clean("a\u200bb\u202ec\x00 👨‍👩‍👧") == "abc 👨‍👩‍👧"
