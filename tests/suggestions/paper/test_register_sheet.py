"""接待选民登记表 as a file: A4 across, with the fonts in it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from liaison.lib import pdf
from tests import factories
from tests.suggestions.paper.documents import fonts, opened, pages

pytestmark = pytest.mark.skipif(not pdf.can_render(), reason="WeasyPrint or pango is not there")


@pytest.fixture
def day(people):
    day = factories.reception_day(people, timezone.localdate(), state="open")
    duties = factories.on_duty(day, people.deputy)
    duties[0].signed_in_at = timezone.now()
    duties[0].save()
    factories.register(people, reception_day=day)
    return day


def sheet(client, day, **asked):
    answer = client.get(reverse("suggestions:register_sheet", args=[day.pk]), {"as": "pdf", **asked})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_it_is_one_landscape_sheet_with_chinese_fonts_embedded(people, as_user, day):
    document = sheet(as_user(people.town_staff), day)
    assert pages(document) == 1 and b"/MediaBox [0 0 841" in opened(document).replace(b"[ 0", b"[0")
    assert fonts(document) and all(embedded for _, embedded in fonts(document))


def test_a_file_with_voters_is_a_look_and_a_blank_one_is_not(people, as_user, day):
    client = as_user(people.town_staff)
    sheet(client, day, blank="12")
    assert not Event.objects.filter(action="print_register").exists()
    sheet(client, day)
    assert Event.objects.filter(action="print_register").count() == 1
