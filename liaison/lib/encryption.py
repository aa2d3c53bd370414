import hashlib

from django.db import models


class EncryptedTextField(models.TextField):
    pass


def blind_index(v):
    return hashlib.sha256(v.encode()).hexdigest()[:32]
