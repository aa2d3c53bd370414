"""Fields without templates: the same controls, labels and help as crispy's."""

from html.parser import HTMLParser

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field, as_crispy_form
from django import forms

from liaison.lib.fields import DayField, FilesField, LongText, ShortText
from liaison.lib.quick_fields import boxes, quick_field, quick_form

COLOURS = [("r", "红"), ("g", "绿 & 蓝")]


class Sample(forms.Form):
    day = DayField(label="日期")
    text = LongText(label="正文", max_length=20, help_text="一句话 <写清>")
    title = ShortText(label="标题", max_length=20, required=False, placeholder="如：路灯")
    colour = forms.ChoiceField(label="颜色", choices=COLOURS, widget=forms.RadioSelect)
    drop = forms.ChoiceField(label="下拉", choices=[("", "请选择"), *COLOURS])
    number = forms.TypedChoiceField(label="数", choices=[("单", [(1, "一"), (3, "三")]), ("双", [(2, "二")])])
    files = FilesField()


class Seen(HTMLParser):
    """What a form says and sends: its controls with what matters of them, and its words."""

    KEPT = ("name", "value", "id", "for", "type", "required", "checked", "selected", "placeholder", "aria-describedby")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.controls, self.words = [], ""
        self.feed(html)
        self.words = self.words.replace("\n", "").replace(" ", "")

    def handle_starttag(self, tag, attrs):
        if tag in ("input", "select", "option", "optgroup", "textarea", "label"):
            self.controls.append((tag, {name: value for name, value in attrs if name in self.KEPT}))

    def handle_data(self, data):
        self.words += data


INITIAL = {"day": "2026-11-23", "text": "坏了<三>盏", "title": '"路灯"', "colour": "g", "drop": "r", "number": 2}


@pytest.mark.parametrize("initial", [{}, INITIAL])
def test_it_says_and_sends_what_crispy_s_does(initial):
    form = Sample(initial=initial, auto_id="one_%s")
    quick, crispy = Seen(quick_form(form)), Seen(as_crispy_form(form))
    assert quick.controls == crispy.controls
    assert quick.words == crispy.words


def test_a_form_that_was_sent_shows_its_mistakes():
    field = Sample({"title": "很长" * 20})["title"]
    assert "最多 20 字" in quick_field(field)
    assert quick_field(field) == as_crispy_field(field)


def test_several_boxes_are_chosen_and_none_is_required():
    form = type(
        "F", (forms.Form,), {"co": forms.MultipleChoiceField(choices=COLOURS, widget=forms.CheckboxSelectMultiple)}
    )
    html = boxes(form({"co": ["g"]})["co"])
    assert html.count("checked") == 1
    assert 'value="g" id="id_co_1" checked' in html
    assert "required" not in html
