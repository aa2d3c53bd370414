from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import User
from tests import factories


@pytest.fixture
def people(db) -> SimpleNamespace:
    return factories.cast()


@pytest.fixture
def strangers(db) -> SimpleNamespace:
    return factories.other_cast()


@pytest.fixture
def as_user():
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, "accounts.backends.NameOrPhoneBackend")
        return client

    return log_in
