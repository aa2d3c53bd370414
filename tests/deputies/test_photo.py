import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from liaison.lib.pictures import small_jpeg

pytestmark = pytest.mark.django_db


def encoded(format_="JPEG", size=(900, 1200), mode="RGB", **options):
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, format_, **options)
    return stream.getvalue()


def upload(client, people, content, name="证件照.jpg", **fields):
    people.deputy.refresh_from_db()
    data = {
        "name": people.deputy.name,
        "level": people.deputy.level,
        "home_station": people.town.pk,
        "status": "serving",
        **fields,
    }
    if content:
        data["portrait"] = SimpleUploadedFile(name, content)
    response = client.post(reverse("deputies:edit", args=[people.deputy.pk]), data)
    people.deputy.refresh_from_db()
    return response


def stored(people):
    with people.deputy.photo.open("rb") as handle:
        return handle.read()


def test_a_photo_is_made_small_upright_and_plain(people, as_user):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "CAMERA-MAKER"  # turned a quarter
    client = as_user(people.town_staff)
    assert upload(client, people, encoded(size=(4000, 3000), exif=exif, comment=b"HIDDEN")).status_code == 302
    content = stored(people)
    assert Image.open(io.BytesIO(content)).size == (360, 480)
    assert b"CAMERA-MAKER" not in content and b"HIDDEN" not in content and len(content) < 60_000
    assert "证件照" not in people.deputy.photo.name
    page = client.get(reverse("deputies:detail", args=[people.deputy.pk])).content.decode()
    url = reverse("deputies:photo", args=[people.deputy.pk])
    assert f"{url}?v={people.deputy.photo_version}" in page
    answer = client.get(url)
    assert answer["Content-Type"] == "image/jpeg" and b"".join(answer.streaming_content) == content


def test_what_is_clear_becomes_white(people):
    out = small_jpeg(SimpleUploadedFile("章.png", encoded("PNG", (10, 10), "RGBA")), most_side=480)
    assert Image.open(io.BytesIO(out)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("format_", "mode"), [("PNG", "P"), ("PNG", "LA"), ("WEBP", "RGB"), ("GIF", "P"), ("JPEG", "CMYK")]
)
def test_every_usual_kind_of_picture_is_taken(format_, mode):
    name = f"a.{'jpg' if format_ == 'JPEG' else format_.lower()}"
    out = small_jpeg(SimpleUploadedFile(name, encoded(format_, (50, 40), mode)), most_side=480)
    assert Image.open(io.BytesIO(out)).mode == "RGB"


def bomb(width, height):
    """A PNG of a few kilobytes that says it is ``width`` × ``height``."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 9000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [6000, 30000, 2**31 - 1])
def test_a_picture_that_would_unpack_to_gigabytes_is_refused_by_its_header(side):
    with pytest.raises(ValidationError, match="太大"):
        small_jpeg(SimpleUploadedFile("炸弹.png", bomb(side, side)), most_side=480)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "兼容性最佳"),
        ("a.jpg", b"\xff\xd8\xff" + b"nonsense" * 9, "打不开"),
        ("a.pdf", b"%PDF-1.4", "不是图片"),
        ("a.jpg", b"<svg onload=alert(1)>", "内容不是jpg"),
    ],
)
def test_what_is_no_usable_picture_is_refused_in_words(people, as_user, name, content, said):
    answer = upload(as_user(people.town_staff), people, content, name)
    assert answer.status_code == 200 and said in answer.content.decode() and not people.deputy.photo


def test_a_new_photo_replaces_the_old_file_and_taking_it_off_deletes_it(
    people, as_user, django_capture_on_commit_callbacks
):
    client = as_user(people.town_staff)
    upload(client, people, encoded())
    storage, first = people.deputy.photo.storage, people.deputy.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, people, encoded())
    second = people.deputy.photo.name
    assert first != second and not storage.exists(first) and storage.exists(second)
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, people, None, remove_portrait="on")
    assert not people.deputy.photo and not storage.exists(second)


def test_editing_something_else_keeps_the_photo(people, as_user):
    client = as_user(people.town_staff)
    upload(client, people, encoded())
    name = people.deputy.photo.name
    upload(client, people, None, post="教师")
    assert people.deputy.photo.name == name and people.deputy.post == "教师"
