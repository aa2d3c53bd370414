import re
from pathlib import Path

from django.conf import settings

READ = re.compile(
    r"""(?:\benv(?:_bool|_list)?\(|\bsecret\(|\bspan_of_hours\(|environ\.get\(|self\.env\.get\()"([A-Z_]+)\""""
)
SOURCES = ("liaison/settings.py", "liaison/launcher.py", "liaison/broker.py", "liaison/management/commands/up.py")


def test_the_example_names_exactly_the_variables_that_are_read() -> None:
    base: Path = settings.BASE_DIR
    read = {name for source in SOURCES for name in READ.findall((base / source).read_text())}
    told = set(re.findall(r"^#?([A-Z_]+)=", (base / ".env.example").read_text(), re.MULTILINE))
    assert told == read
