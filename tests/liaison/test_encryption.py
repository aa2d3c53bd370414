import pytest
from django.db import connection

from liaison.lib.encryption import DecryptionError, blind_index, decrypt, encrypt
from suggestions.models import Voter
from tests import factories


def test_what_is_encrypted_comes_back():
    assert decrypt(encrypt("赵小满 🙂")) == "赵小满 🙂"


def test_the_same_text_never_looks_the_same_twice():
    assert encrypt("13800001234") != encrypt("13800001234")


def test_the_empty_text_stays_empty():
    assert encrypt("") == "" and decrypt("") == ""


def test_a_changed_value_is_refused():
    stored = encrypt("13800001234")
    with pytest.raises(DecryptionError):
        decrypt(stored[:-6] + ("AAAAA=" if not stored.endswith("AAAAA=") else "BBBBB="))


def test_another_key_cannot_read_it(settings):
    stored = encrypt("13800001234")
    settings.DATA_KEY = "another-key"
    with pytest.raises(DecryptionError):
        decrypt(stored)


def test_the_index_depends_on_the_key(settings):
    before = blind_index("13800001234")
    settings.DATA_KEY = "another-key"
    assert blind_index("13800001234") != before


@pytest.mark.django_db
def test_the_database_holds_no_plain_name_phone_or_address():
    case = factories.register(factories.cast())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM suggestions_voter WHERE suggestion_id = %s", [case.pk])
        stored = str(cursor.fetchall())
    assert not any(word in stored for word in ("赵小满", "13800001234", "甲村三组"))
    assert Voter.objects.get(suggestion=case).phone == "13800001234"


@pytest.mark.django_db
def test_a_phone_is_found_by_its_index():
    case = factories.register(factories.cast())
    assert Voter.objects.get(phone_index=blind_index("13800001234")).suggestion == case
