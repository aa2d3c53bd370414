"""A draft that was pasted is cut into articles."""

import pytest

from legislation.splitting import PREAMBLE, WHOLE, join, split, twice

TEXT = """许昌市养犬管理条例（草案）
第一章　总则
第一条　为了规范养犬行为，根据《动物防疫法》
第十七条等规定，制定本条例。
第二条本条例适用于城市建成区。
（一）甲；
（二）乙。
第二章 登记
第三条　养犬应当登记。
第三条之一 犬证每年审验一次。
"""


def labels(text):
    return [piece.label for piece in split(text)]


def test_articles_chapters_and_what_stands_before_them():
    pieces = split(TEXT)
    assert [(one.label, one.chapter) for one in pieces] == [
        (PREAMBLE, ""),
        ("第一条", "第一章 总则"),
        ("第二条", "第一章 总则"),
        ("第三条", "第二章 登记"),
        ("第三条之一", "第二章 登记"),
    ]
    assert pieces[2].text == "本条例适用于城市建成区。\n（一）甲；\n（二）乙。"


def test_a_reference_at_the_beginning_of_a_line_is_no_article():
    assert "第十七条等规定" in split(TEXT)[1].text


@pytest.mark.parametrize("text", [TEXT, "没有分条的决定。\n第二段。", "第一条 甲\n第二条 乙"])
def test_put_together_again_it_is_cut_the_same_way(text):
    pieces = split(text)
    assert split(join((one.chapter, one.label, one.text) for one in pieces)) == pieces


def test_a_text_without_articles_is_one_piece():
    assert [(one.label, one.text) for one in split("关于某事的决定\n\n全文如下。")] == [
        (WHOLE, "关于某事的决定\n全文如下。")
    ]
    assert split(" \n ") == []


def test_arabic_numbers_and_an_article_without_text():
    assert labels("第1条 甲\n第2条\n第3条：丙") == ["第1条", "第2条", "第3条"]


def test_a_text_pasted_twice_is_noticed():
    assert twice(split("第一条 甲\n第二条 乙\n第一条 甲\n第二条 乙")) == ["第一条", "第二条"]
