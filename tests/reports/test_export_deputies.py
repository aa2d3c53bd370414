from io import BytesIO

from openpyxl import load_workbook

from deputies.models import Deputy, Level
from history.models import Event


def sheet(response) -> list[list]:
    assert response.status_code == 200
    return [list(row) for row in load_workbook(BytesIO(response.getvalue())).active.iter_rows(values_only=True)]


def test_the_ledger_holds_what_the_list_shows(people, strangers, as_user) -> None:
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13803910011", post="=1+1")
    rows = sheet(as_user(people.hub_staff).get("/reports/exports/deputies/", {"level": "county"}))
    assert rows[0][0] == "博爱县 代表名册"
    assert "县代表" in rows[1][0]
    heading = rows[2]
    assert [row[heading.index("姓名")] for row in rows[3:]] == ["张为民"]
    assert rows[3][heading.index("电话")] == "13803910011"
    assert rows[3][heading.index("单位及职务")] == "=1+1"
    assert rows[3][heading.index("联络站")] == people.town.name


def test_a_township_exports_its_own(people, as_user) -> None:
    rows = sheet(as_user(people.town_staff).get("/reports/exports/deputies/"))
    assert [row[0] for row in rows[3:]] == ["张为民"]


def test_the_export_is_recorded(people, as_user) -> None:
    as_user(people.town_staff).get("/reports/exports/deputies/")
    event = Event.objects.get(action="export")
    assert event.actor == people.town_staff
    assert event.chain == people.county.chain
    assert event.after == {"ledger": "deputies", "rows": 1, "in_full": 1}


def test_other_seats_export_nothing(people, as_user) -> None:
    for user in (people.clerk, people.deputy_user, people.officer_user):
        assert as_user(user).get("/reports/exports/deputies/").status_code == 403


def test_private_columns_are_masked_or_empty_for_a_deputy_elsewhere(people, as_user) -> None:
    """A point's staff who is a deputy too sees the whole county, but keeps only the point's records."""
    Deputy.objects.create(county=people.county, name="兼职", level=Level.TOWNSHIP, user=people.point_staff)
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13803910011", certificate="X1")
    rows = sheet(as_user(people.point_staff).get("/reports/exports/deputies/"))
    heading = rows[2]
    row = next(row for row in rows[3:] if row[0] == "张为民")
    assert row[heading.index("电话")] == "138****0011"
    assert not row[heading.index("代表证号")]
