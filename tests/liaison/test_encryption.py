import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.writer import MigrationWriter

from history.models import Event
from liaison.lib.encryption import DecryptionError, EncryptedTextField, blind_index, blind_indexes, decrypt, encrypt
from suggestions.models import Suggestion, Voter
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


@pytest.mark.parametrize("stored", ["v1:", "v1:AAAA", "v1:!!!", "v1:é", "v1:" + "A" * 15, "v2:AAAA", "13800001234"])
def test_what_was_never_encrypted_is_refused_with_the_same_error(stored):
    with pytest.raises(DecryptionError):
        decrypt(stored)


def test_nothing_may_be_added_to_a_value():
    with pytest.raises(DecryptionError):
        decrypt(encrypt("13800001234") + "\n!")


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


def test_what_an_earlier_key_wrote_is_read_while_that_key_is_known(settings):
    earlier, stored, index = settings.DATA_KEY, encrypt("13800001234"), blind_index("13800001234")
    settings.DATA_KEY, settings.DATA_KEY_PREVIOUS = "another-key", ["a third one", earlier]
    assert decrypt(stored) == "13800001234"
    assert blind_index("13800001234") != index
    assert index in blind_indexes("13800001234")


@pytest.mark.django_db
def test_after_rewriting_the_earlier_key_is_needed_no_more(settings, capsys):
    case = factories.register(factories.cast())
    code = case.query_code
    settings.DATA_KEY, settings.DATA_KEY_PREVIOUS = "another-key", [settings.DATA_KEY]
    call_command("reencrypt")
    settings.DATA_KEY_PREVIOUS = []
    voter = Voter.objects.get(phone_index=blind_index("13800001234"))
    assert (voter.name, voter.phone) == ("赵小满", "13800001234")
    assert Suggestion.objects.get(pk=case.pk).query_code == code
    told = {event.after["what"]: event.after["rows"] for event in Event.objects.filter(action="reencrypt")}
    assert told == {"suggestions.Suggestion": 1, "suggestions.Voter": 1}
    assert "来访人：1 条" in capsys.readouterr().out


@pytest.mark.django_db
def test_rewriting_without_the_earlier_key_says_which_setting_is_missing_and_changes_nothing(settings):
    case = factories.register(factories.cast())
    earlier, settings.DATA_KEY = settings.DATA_KEY, "another-key"
    with pytest.raises(CommandError, match="DATA_KEY_PREVIOUS"):
        call_command("reencrypt")
    settings.DATA_KEY = earlier
    assert Voter.objects.get(suggestion=case).phone == "13800001234"
    assert not Event.objects.filter(action="reencrypt").exists()


@pytest.mark.django_db
def test_values_and_rows_made_in_bulk_are_encrypted_and_read_too():
    case = factories.register(factories.cast())
    Voter.objects.bulk_create([Voter(suggestion=case, name="钱多多")])
    assert "钱多多" in Voter.objects.values_list("name", flat=True)
    Voter.objects.filter(name="").update(name="孙一一")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM suggestions_voter")
        assert all(name.startswith("v1:") for (name,) in cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["name", "name__contains", "name__in", "name__icontains", "name__gt"])
def test_a_search_that_could_find_nothing_is_an_error(lookup):
    with pytest.raises(FieldError):
        list(Voter.objects.filter(**{lookup: "赵小满"}))


@pytest.mark.django_db
def test_whether_there_is_a_value_can_be_asked():
    factories.register(factories.cast())
    assert Voter.objects.exclude(name="").count() == 1 and not Voter.objects.filter(name__isnull=True).exists()


def test_a_migration_names_the_field_and_no_key():
    written, imports = MigrationWriter.serialize(EncryptedTextField("姓名", blank=True))
    assert written == "liaison.lib.encryption.EncryptedTextField(blank=True, verbose_name='姓名')"
    assert imports == {"import liaison.lib.encryption"}
