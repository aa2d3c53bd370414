"""Databases of the benchmark's own: on a PostgreSQL server where one listens, else SQLite files; dropped afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

USUAL = "postgresql://postgres@127.0.0.1:5432/postgres"


class Databases:
    """``new(name)`` makes an empty one and returns the environment that names it; ``close()`` drops them all."""

    def __init__(self, *, sqlite: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="liaison-bench-"))
        self.server = None if sqlite else self._server()
        self.made: list[str] = []

    @staticmethod
    def _server() -> str | None:
        """The server of DATABASE_URL, else the usual local one where it lets us in."""
        url = os.environ.get("DATABASE_URL") or USUAL
        maintenance = urlunsplit(urlsplit(url)._replace(path="/postgres"))
        try:
            psycopg2.connect(maintenance, connect_timeout=3).close()
        except psycopg2.OperationalError:
            if os.environ.get("DATABASE_URL"):
                raise
            return None
        return maintenance

    @property
    def kind(self) -> str:
        return "PostgreSQL" if self.server else "SQLite"

    def new(self, name: str) -> dict[str, str]:
        environment = {"LIAISON_VAR": str(self.folder / name), "REDIS_URL": "", "DATABASE_URL": ""}
        if self.server:
            self._run("DROP DATABASE IF EXISTS {}", name)
            self._run("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0", name)
            self.made.append(name)
            environment["DATABASE_URL"] = urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))
        return environment

    def _run(self, statement: str, name: str) -> None:
        assert self.server
        connection = psycopg2.connect(self.server)
        try:
            connection.autocommit = True  # databases are not made or dropped inside a transaction
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
        finally:
            connection.close()

    def close(self) -> None:
        for name in self.made:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        shutil.rmtree(self.folder, ignore_errors=True)
