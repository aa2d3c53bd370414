import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from liaison.lib.uploads import check_upload, clean_name

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


def office(folder):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<x/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("路灯.png", PNG),
        ("照片.JPEG", b"\xff\xd8\xff\xe0" + b"0" * 32),
        ("通知.pdf", b"%PDF-1.7 ..."),
        ("报告.docx", office("word")),
        ("名册.xlsx", office("xl")),
        ("录音.amr", b"#!AMR\n000"),
    ],
)
def test_pictures_documents_and_sound_are_taken(name, content):
    assert check_upload(SimpleUploadedFile(name, content)).name == name


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.exe", b"MZ" + b"0" * 64, "类型不能上传"),
        ("a.svg", b"<svg onload='x'/>", "类型不能上传"),
        ("a.html", b"<script>", "类型不能上传"),
        ("a.jpg", b"MZ" + b"0" * 64, "内容不是jpg文件"),
        ("a.xlsx", office("word"), "内容不是xlsx文件"),
        ("a.docx", b"PK\x03\x04 broken", "内容不是docx文件"),
        ("a.png", b"", "空文件"),
        ("没有扩展名", PNG, "类型不能上传"),
    ],
)
def test_anything_else_is_refused_with_its_reason(name, content, reason):
    with pytest.raises(ValidationError, match=reason):
        check_upload(SimpleUploadedFile(name, content))


def test_a_file_that_is_too_large_is_refused(settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    with pytest.raises(ValidationError, match="不能超过 1 MB"):
        check_upload(SimpleUploadedFile("大.png", PNG + b"0" * 1024 * 1024))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.png", "x.png"),
        ("..\\..\\x.png", "x.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("", "未命名"),
        ("...", "未命名"),
    ],
)
def test_a_name_cannot_leave_its_folder_or_mislead(given, kept):
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_extension():
    name = clean_name("长" * 300 + ".png")
    assert len(name) == 120 and name.endswith(".png")
