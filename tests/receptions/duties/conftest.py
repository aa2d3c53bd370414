import pytest

from tests.receptions.duties.scene import scene


@pytest.fixture
def town(people):
    return scene(people)
