import datetime as dt
import io
import re
from pathlib import Path

import lxml.html
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from model_bakery import baker
from openpyxl import load_workbook

from accounts.models import User
from deputies.models import Constituency, Level, Term
from history.models import Event
from liaison.admin_site import ReadOnlyAdmin
from portal.models import WechatAccount
from stations.models import County
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories
from tests.consultations import talks
from tests.consultations.factories import call
from tests.legislation.factories import draft_law, giver, material, opinion
from tests.meetings.factories import citizen, meeting
from tests.suggestions import factories as formals
from tests.supervision import factories as supervision
from tests.supervision import voting
from workdays.models import DayOverride

pytestmark = pytest.mark.django_db
# Every room of ours, those to come included.
ROOMS = [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
SECRETS = (
    *("赵小满", "13800001234"),  # a voter
    *("孙长河", "13700001111"),  # a constituent
    *("冯听会", "13600007777"),  # a citizen at a meeting
    *("郭石匠", "13600002222"),  # a local expert
    *("贺提议", "13500008888"),  # who gave an opinion on a draft law
)
MODELS = [model for room in ROOMS for model in room.get_models()]


MADE_HERE = {DayOverride}  # of no county


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def a_county_at_work(people):
    factories.a_reception_held(people)
    factories.deputies_at_work(people)
    talks.at_work(people)
    call(people, "done")
    Constituency.objects.create(county=people.county, station=people.town, level=Level.COUNTY, name="第一选区")
    citizen(meeting(people))
    law = draft_law(people)
    material(law)
    giver(opinion(people, law, main=opinion(people, law)))
    factories.an_official_account(people)
    factories.a_message_being_written(people)
    factories.case_in(people, State.CLOSED, files=[SimpleUploadedFile("路灯.png", b"\x89PNG\r\n\x1a\n0000")])
    factories.public_result(people)
    factories.reports_made(people)
    factories.an_upload(people)
    supervision.supervised(people)
    formals.a_paper_filed(people)
    voting.handed_in(voting.rectification(people))
    waiting = factories.case_in(people, State.HANDLING)
    later = waiting.due_on + dt.timedelta(days=5)
    workflow.ask_extension(waiting.pk, by=people.clerk, new_due_on=later, reason="等材料")


@pytest.fixture(scope="module")
def county_at_work(django_db_setup, django_db_blocker):
    """Made once for this file and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = factories.cast()
        a_county_at_work(people)
        yield people
        transaction.set_rollback(True)


@pytest.fixture
def superuser(county_at_work, client):
    user = User.objects.create_superuser("root", factories.PASSWORD, name="管理员")
    client.force_login(user)
    return user


def test_the_rooms_are_found():
    assert {"accounts", "stations", "deputies", "suggestions", "history"} <= {room.label for room in ROOMS}


def test_a_county_at_work_has_something_of_everything(people):
    """Or the tests below pass on nothing: a new model needs a row here."""
    a_county_at_work(people)
    assert {model for model in MODELS if not model._default_manager.exists()} == MADE_HERE


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_registered_with_a_useful_list(model):
    options = admin.site._registry[model]
    assert len(options.list_display) > 1 and options.search_fields


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_and_records_open(client, superuser, model):
    assert client.get(page(model, "changelist")).status_code == 200
    assert client.get(page(model, "changelist"), {"q": "BA"}).status_code == 200
    if row := model._default_manager.first():
        assert client.get(page(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_exports_to_excel_and_says_so_in_the_history(client, superuser, model):
    row = some(model)[0]
    answer = client.post(page(model, "changelist"), {"action": "export_xlsx", "_selected_action": [row.pk]})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 4 and sheet["A1"].value == model._meta.verbose_name
    assert Event.objects.get(action="export", chain="system").after == {"what": model._meta.label, "rows": 1}


def export(client, model, rows):
    picked = {"action": "export_xlsx", "_selected_action": [row.pk for row in rows]}
    answer = client.post(page(model, "changelist"), picked)
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def some(model):
    """Two rows or more; made here where two counties at work have none."""
    county = County.objects.first()
    if model is DayOverride:
        return [DayOverride.objects.create(date=f"2040-02-{day}", is_workday=False, name="放假") for day in (13, 14)]
    rooms_of_days = model._meta.app_label in ("receptions", "noticeboard")
    if model._meta.app_label == "portal" and WechatAccount.objects.count() < 2:
        factories.an_official_account(factories.county("419001", "济源市", "JY"))
    if rooms_of_days and not County.objects.filter(prefix="JY").exists():
        factories.a_reception_held(factories.county("419001", "济源市", "JY"))
    if model is Term:
        return baker.make(model, county=county, _quantity=2, _fill_optional=False)
    return list(model._default_manager.all()[:40])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_export_of_many_rows_costs_no_more_queries(client, superuser, model):
    a_county_at_work(factories.other_cast())
    rows = some(model)
    assert len(rows) > 1
    export(client, model, rows[:1])  # the first request of a session does more
    with CaptureQueriesContext(connection) as one:
        export(client, model, rows[:1])
    with CaptureQueriesContext(connection) as many:
        export(client, model, rows)
    assert len(many) == len(one)


def test_an_export_holds_no_secret_and_nothing_that_is_only_for_the_machine(client, superuser):
    a_county_at_work(factories.other_cast())
    for model in MODELS:
        sheet = export(client, model, some(model))
        headings = {cell.value for cell in sheet[3]}
        assert not headings & {"密码", "search", "form token", "phone index", "note salt", "查询码", "姓名与电话"}, (
            model
        )
        text = "".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        assert not any(secret in text for secret in SECRETS), model
        assert not any(case.query_code in text for case in Suggestion.objects.all()), model


def test_what_is_done_here_is_in_the_history(client, superuser):
    client.post(page(DayOverride, "add"), {"date": "2040-02-13", "name": "春节放假"})
    row = DayOverride.objects.get()
    client.post(page(DayOverride, "change", row.pk), {"date": "2040-02-13", "name": "春节", "is_workday": "on"})
    client.post(
        page(DayOverride, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    )
    assert not DayOverride.objects.exists()
    told = Event.objects.filter(chain="system", actor=superuser).order_by("seq").values_list("action", "after")
    assert list(told) == [
        ("admin_add", {"what": "workdays.DayOverride", "id": row.pk}),
        ("admin_change", {"what": "workdays.DayOverride", "id": row.pk, "fields": ["是工作日", "说明"]}),
        ("admin_delete", {"what": "workdays.DayOverride", "ids": [row.pk]}),
    ]


def test_without_an_event_there_is_no_export(client, superuser, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("no event")

    monkeypatch.setattr("history.log.append", fails)
    with pytest.raises(RuntimeError):
        export(client, Suggestion, Suggestion.objects.all())


READ_ONLY = [model for model in MODELS if isinstance(admin.site._registry.get(model), ReadOnlyAdmin)]


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model.__name__)
def test_what_the_workflow_owns_cannot_be_changed_here(client, superuser, model):
    assert client.post(page(model, "add"), {}).status_code == 403
    if row := model._default_manager.first():
        assert client.post(page(model, "change", row.pk), {"state": "closed"}).status_code == 403
        assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_the_case_and_all_that_hangs_on_it_is_read_only():
    owned = set(apps.get_app_config("suggestions").get_models()) | {Event}
    assert owned <= set(READ_ONLY)


def test_no_personal_data_of_voters_shows_in_full(client, superuser):
    for model in MODELS:
        for row in model._default_manager.all():
            text = client.get(page(model, "change", row.pk)).content.decode()
            assert not any(secret in text for secret in SECRETS), model


def test_a_query_code_shows_nowhere(client, superuser):
    case = Suggestion.objects.first()
    assert case.query_code not in client.get(page(Suggestion, "change", case.pk)).content.decode()


def test_nobody_without_the_technical_right_gets_in(county_at_work, client):
    client.force_login(county_at_work.hub_staff)
    assert client.get(reverse("admin:index")).status_code == 302


ENGLISH = re.compile(r"[A-Za-z]{3,}")


@pytest.mark.parametrize("path", ["", "axes/accessattempt/", "axes/accessfailurelog/", "axes/accesslog/"])
def test_the_lock_out_records_are_in_chinese_like_the_rest(client, superuser, path):
    html = lxml.html.fromstring(client.get(f"/admin/{path}").text)
    for script in html.xpath("//script|//style|//head|//*[@id='user-tools']|//*[@id='recent-actions-module']"):
        script.drop_tree()
    text = html.text_content()
    assert "登录记录" in text
    assert not set(ENGLISH.findall(text)) - {"Excel", "root", "unknown"}  # a name, and what a test client sends
