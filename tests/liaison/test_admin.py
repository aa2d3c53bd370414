import datetime as dt
import io

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from model_bakery import baker
from openpyxl import load_workbook

from accounts.models import User
from history.models import Event
from liaison.admin_site import ReadOnlyAdmin
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories

pytestmark = pytest.mark.django_db
ROOMS = ("accounts", "history", "workdays", "messaging", "stations", "deputies", "suggestions")
MODELS = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def superuser(client):
    people = factories.cast()
    factories.case_in(people, State.CLOSED, files=[SimpleUploadedFile("路灯.png", b"\x89PNG\r\n\x1a\n0000")])
    waiting = factories.case_in(people, State.HANDLING)
    later = waiting.due_on + dt.timedelta(days=5)
    workflow.ask_extension(waiting.pk, by=people.clerk, new_due_on=later, reason="等材料")
    user = User.objects.create_superuser("root", factories.PASSWORD, name="管理员")
    client.force_login(user)
    return user


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
    row = model._default_manager.first() or baker.make(model)
    answer = client.post(page(model, "changelist"), {"action": "export_xlsx", "_selected_action": [row.pk]})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 4 and sheet["A1"].value == model._meta.verbose_name
    assert Event.objects.get(action="export").after == {"what": model._meta.label, "rows": 1}


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
            assert "赵小满" not in text and "13800001234" not in text, model


def test_a_query_code_shows_nowhere(client, superuser):
    case = Suggestion.objects.first()
    assert case.query_code not in client.get(page(Suggestion, "change", case.pk)).content.decode()


def test_nobody_without_the_technical_right_gets_in(client):
    people = factories.cast()
    client.force_login(people.hub_staff)
    assert client.get(reverse("admin:index")).status_code == 302
