import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suggestions.choices import State
from suggestions.models import Attachment
from tests import factories
from tests.suggestions.acts import fresh, photo, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.HANDLING)


def test_the_result_goes_to_the_desk(client, people, case):
    answer = press(
        client,
        people.clerk,
        "report",
        case,
        result_kind="conditional",
        text="三盏路灯已换，电费由村委会承担。",
        handler="陈工",
        handler_phone="０３９１－８６８１２３４",
        document_number="博甲镇〔2026〕3号",
    )
    assert "核对结果，反馈代表" in said(answer)
    case = fresh(case)
    assert (case.state, case.grade) == (State.REPORTED, "B")
    row = case.assignments.get(role="lead")
    assert (row.handler, row.handler_phone, row.document_number) == ("陈工", "03918681234", "博甲镇〔2026〕3号")


def test_with_photos(client, people, case):
    press(
        client,
        people.clerk,
        "report",
        case,
        result_kind="solved",
        text="修好了。",
        files=[photo("前.jpg"), photo("后.jpg")],
    )
    assert [file.name for file in fresh(case).attachments.all()] == ["前.jpg", "后.jpg"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": "修好了。"}, "办理结果"),
        ({"text": "", "result_kind": "solved"}, "办理情况"),
        ({"text": "修好了。", "result_kind": "magic"}, "办理结果"),
        ({"text": "修好了。", "result_kind": "solved", "handler_phone": "123"}, "电话号码不对"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(client, people, case, fields, message):
    page = press(client, people.clerk, "report", case, **fields)
    assert message in page.text
    assert "还不能提交" in page.text
    assert fresh(case).state == State.HANDLING


def test_a_bad_file_leaves_nothing_behind(client, people, case):
    page = press(
        client,
        people.clerk,
        "report",
        case,
        result_kind="solved",
        text="修好了。",
        files=[photo("好.jpg"), SimpleUploadedFile("病毒.jpg", b"MZ\x90\x00" + b"\x00" * 64)],
    )
    assert "的内容不是jpg文件" in page.text
    assert "修好了。" in page.text
    assert fresh(case).state == State.HANDLING
    assert not Attachment.objects.exists()


def test_the_name_and_phone_of_who_reports_are_filled_in(client, people, case):
    assert show(client, people.clerk, "report", case).context["form"].initial["handler"] == "BA-clerk"
