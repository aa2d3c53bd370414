"""Every paper form as a file: of the right size, a page at least, with the fonts of its Chinese in it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from liaison.lib import pdf
from suggestions.choices import Kind, State
from tests import factories
from tests.suggestions.paper.documents import fonts, pages, sizes

pytestmark = pytest.mark.skipif(not pdf.can_render(), reason="WeasyPrint or pango is not there")

A4, ACROSS = (210, 297), (297, 210)
# Address by name, what it is asked for, whose it is, paper, most pages of a short case.
FORMS = {
    "接待选民登记表": ("suggestions:register_sheet", "day", {}, ACROSS, 1),
    "接待选民登记表（空白）": ("suggestions:register_sheet", "day", {"blank": "10"}, ACROSS, 1),
    "建议专用纸": ("suggestions:motion_sheet", "case", {}, A4, 1),
    "交办单": ("suggestions:assignment_order", "row", {}, A4, 1),
    "答复函": ("suggestions:reply_letter", "row", {}, A4, 1),
    "征询意见表": ("suggestions:opinion_form", "case", {}, A4, 1),
    "办理全卷": ("suggestions:case_file", "case", {}, A4, 4),
    "建议目录": ("suggestions:catalogue", "", {}, A4, 1),
    "单位测评表": ("suggestions:department_ratings", "", {}, A4, 1),
    "履职档案": ("reports:duty_sheet", "deputy", {}, A4, 2),
    "代表联系群众登记表": ("reports:contact_sheet", "deputy", {}, A4, 1),
}


@pytest.fixture
def arguments(people):
    day = factories.reception_day(people, timezone.localdate(), state="open")
    factories.on_duty(day, people.deputy)
    factories.register(people, reception_day=day)
    case = factories.case_in(people, State.REPLIED, kind=Kind.SUGGESTION)
    row = [case.pk, case.assignments.get(role="lead").pk]
    return {"day": [day.pk], "case": [case.pk], "row": row, "deputy": [people.deputy.pk], "": []}


@pytest.mark.parametrize("form", FORMS)
def test_it_fits_its_paper_and_carries_its_fonts(people, as_user, arguments, form):
    name, of, asked, paper, most = FORMS[form]
    answer = as_user(people.town_staff).get(reverse(name, args=arguments[of]), {**asked, "as": "pdf"})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    document = b"".join(answer.streaming_content)
    assert set(sizes(document)) == {paper} and 1 <= pages(document) <= most
    found = fonts(document)
    assert found and all(embedded for _, embedded in found), found
    assert any("CJK" in family or "Song" in family or "Hei" in family for family, _ in found), found
