"""协商议事台账 and 协商承诺台账."""

import io

from django.urls import reverse
from openpyxl import load_workbook

from consultations import conduct, promises
from tests import factories
from tests.consultations import talks


def found(client, matter, query=""):
    answer = client.get(reverse(f"reports:export_{matter}") + query)
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    headings = [cell.value for cell in sheet[3]]
    return [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]


def test_a_consultation_is_a_row_with_its_table_and_what_came_of_it(people, as_user):
    case = factories.register(people)
    promise = talks.promised(people, talks.concluded(people, table={"cases": [case]}))
    promises.end(promise.pk, by=people.town_staff, kept=True, ended_on=talks.today(), ending="好了。")
    conduct.rate(promise.consultation_id, by=people.clerk, satisfaction="basically")
    (row,) = found(as_user(people.hub_staff), "consultations")
    assert (row["议题"], row["步骤"], row["来自意见"]) == ("甲村排水沟怎么修", "协商后", case.number)
    assert (row["人大代表"], row["责任方"]) == ("张为民", "村镇建设中心、甲村村委会")
    assert (row["到场代表"], row["到场责任方"], row["到场群众"]) == (1, 2, 12)
    assert (row["承诺事项"], row["已兑现"], row["按期兑现"]) == (1, 1, 1)
    assert (row["满意"], row["基本满意"], row["不满意"]) == (0, 1, 0)


def test_a_promise_is_a_row_and_one_sees_what_concerns_one(people, as_user):
    promise = talks.promised(people)
    promises.report(promise.pk, by=people.clerk, text="已进场。", happened_on=talks.today())
    talks.promised(
        people, talks.concluded(people, table={"departments": [people.town_second]}), department=people.town_second
    )
    (row,) = found(as_user(people.clerk), "promises")
    assert (row["承诺事项"], row["承诺方"], row["状态"]) == ("清淤并硬化排水沟", "村镇建设中心", "在办")
    assert row["最近进展"].endswith("已进场。")
    assert len(found(as_user(people.hub_staff), "promises")) == 2
    assert found(as_user(people.hub_staff), "promises", f"?station={people.other_town.pk}") == []
