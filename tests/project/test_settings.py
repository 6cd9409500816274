"""The environment is read in one place, which refuses nonsense with a sentence that helps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tartib.live import asgi
from tartib.project import settings

READ = """
from tartib.project import settings
print(settings.DATABASES['default'], settings.TARTIB_LIVE_URL, settings.TARTIB_LISTENS_AT)
"""


def read(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a fresh process with only these variables set."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TARTIB_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-c", READ],
        env=clean | {"TARTIB_DATA": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    done = read(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "http://localhost:8001" in done.stdout


def test_what_listens_may_sign_in_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """X8: a pooler between transactions stands before the database, and what listens goes past it."""
    place = "postgresql://tartib:secret@direct.example:6543/shops"
    done = read(tmp_path, DATABASE_URL="postgresql://tartib:secret@pooler.example/shops", DATABASE_LISTEN_URL=place)
    assert "'host': 'direct.example', 'port': '6543'" in done.stdout
    monkeypatch.setattr("django.conf.settings.TARTIB_LISTENS_AT", {"host": "direct.example"})
    assert "host=direct.example" in asgi.conninfo()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://localhost/shop", "DATABASE_URL must be like postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "DATABASE_URL must be like postgresql://"),
        ("DATABASE_URL", "postgresql://localhost:many/shop", "DATABASE_URL must be like postgresql://"),
        ("DATABASE_LISTEN_URL", "localhost:5432", "DATABASE_LISTEN_URL must be like postgresql://"),
        ("TARTIB_URL", "shop.example", "TARTIB_URL is 'shop.example'"),
        ("TARTIB_URL", "https://shop.example/orders", "without a path"),
        ("TARTIB_DEBUG", "yes", "TARTIB_DEBUG is 'yes'; it must be 0 or 1"),
        ("TARTIB_SECRET_KEY", "short", "TARTIB_SECRET_KEY is too short"),
        ("TARTIB_SMTP", "mail.example", "TARTIB_SMTP must be like"),
        ("TARTIB_PRACTICE_SMTP", "8025", "TARTIB_PRACTICE_SMTP must be host:port"),
        ("TARTIB_COUNTRIES", "/nowhere/at-all.mmdb", "there is no such file"),
        ("TARTIB_DEBGU", "1", "did you mean TARTIB_DEBUG"),
    ],
)
def test_nonsense_stops_the_start_with_a_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    done = read(tmp_path, **{name: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert sentence in last


def test_the_address_of_a_database_is_taken_apart(tmp_path: Path) -> None:
    done = read(tmp_path, DATABASE_URL="postgresql://sh%40p:p%2Fw@db.example:6000/tartib?sslmode=require")
    for part in (
        "'USER': 'sh@p'",
        "'PASSWORD': 'p/w'",
        "'HOST': 'db.example'",
        "'PORT': '6000'",
        "'sslmode': 'require'",
    ):
        assert part in done.stdout


def test_the_secret_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    read(tmp_path)
    kept = tmp_path / "secret-key"
    key = kept.read_text()
    assert len(key) >= 50
    assert kept.stat().st_mode & 0o077 == 0
    read(tmp_path)
    assert kept.read_text() == key
    assert [file.name for file in tmp_path.glob("secret-key*")] == ["secret-key"]


def test_the_storage_of_anchors_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE", "https://key:se%2Fcret@s3.example:9000/proofs/of/wares?region=eu-1&days=30")
    assert settings._store("STORE") == {
        "endpoint": "https://s3.example:9000", "key": "key", "secret": "se/cret", "bucket": "proofs",
        "prefix": "of/wares", "region": "eu-1", "days": 30,
    }  # fmt: skip
    monkeypatch.delenv("STORE")
    assert settings._store("STORE") is None


@pytest.mark.parametrize(
    "value",
    [
        "s3://key:secret@host/bucket", "https://host/bucket", "https://key:secret@host/", "https://key:secret@/bucket",
        "https://key:secret@host/bucket?days=0", "https://key:secret@host/bucket?day=9", "https://key@host:no/b",
        "proofs",
    ],
)  # fmt: skip
def test_a_storage_that_makes_no_sense_is_refused_without_telling_its_secret(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("STORE", value)
    with pytest.raises(ImproperlyConfigured, match="STORE must be like https://key:secret@host/bucket") as refusal:
        settings._store("STORE")
    assert value not in str(refusal.value).replace("https://key:secret@host/bucket?region=eu-central-1&days=400", "")
