"""Photos of the day."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from noticeboard.models import Notice
from receptions import photos
from receptions.models import DayPhoto, DayState
from tests.receptions.sitting.scene import fresh, post_close

pytestmark = pytest.mark.django_db


def picture(name="现场.jpg"):
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "GPS 35.17 113.05"
    Image.new("RGB", (40, 30), "red").save(content, "JPEG", exif=exif)
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def test_photos_lose_what_the_phone_wrote_into_them(people, opened, as_user):
    post_close(as_user, people.town_staff, opened, photos=[picture()])
    photo = DayPhoto.objects.get()
    answer = as_user(people.clerk).get(reverse("receptions:photo", args=[opened.pk, photo.pk]))
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg" and b"GPS 35.17" not in content
    assert b"GPS 35.17" in picture().read()


def test_what_is_not_a_picture_is_refused_and_the_day_stays_open(people, opened, as_user):
    page = post_close(as_user, people.town_staff, opened, photos=[SimpleUploadedFile("说明.txt", b"abc")])
    assert page.status_code == 200 and "不是照片" in page.text
    assert fresh(opened).state == DayState.OPEN and not DayPhoto.objects.exists()


def test_photos_go_to_the_board_where_that_is_ticked_and_once(people, opened, as_user):
    post_close(as_user, people.town_staff, opened, photos=[picture()], release="on", with_photos="on")
    notice = Notice.objects.get()
    assert notice.files.count() == 1
    with photos.shown_on(opened, notice) as again:
        assert again == 0


def test_a_photo_is_taken_off_again(people, opened):
    photos.add(opened.pk, [picture()], by=people.town_staff)
    photos.remove(opened.pk, DayPhoto.objects.get().pk, by=people.town_staff)
    assert not DayPhoto.objects.exists()
