"""The product's own settings, in an environment where tests cannot touch anybody's data or services."""

import hashlib
import os
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = Path(tempfile.gettempdir()) / f"tartib-tests-{hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]}"

for name in [name for name in os.environ if name.startswith("TARTIB_") or name == "DATABASE_URL"]:
    del os.environ[name]
os.environ["TARTIB_DATA"] = str(FOLDER)
os.environ["TARTIB_SECRET_KEY"] = "a key for tests only, it guards nothing at all"

from tartib.project.settings import *  # noqa: E402, F403

TARTIB_HOSTS += ["testserver"]  # noqa: F405
# Services of tests run on this machine; that they are not reached otherwise has tests of its own.
TARTIB_INTERNAL_SERVICES = True
# Making a password hash slow is Argon2's purpose; hundreds of tests sign in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are served where they lie: collecting them takes seconds, and has a test of its own.
# Uploaded files are gone with the run; those that test the folder itself set one up.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATABASES["default"]["ENGINE"] = "tests.postgres"  # noqa: F405
MIDDLEWARE.insert(0, "tests.insider.answered_as_application")  # noqa: F405
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
# `make coverage` counts lines of templates too, which know theirs only so.
TEMPLATES[0]["OPTIONS"]["debug"] = "COVERAGE_RUN" in os.environ  # noqa: F405
