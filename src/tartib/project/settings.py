"""Tartib's settings: the one place where the environment is read.

Everything can be left out: without any variable Tartib runs on its own PostgreSQL, in the folder `var/` of the current
directory. What is set but makes no sense stops the start with a sentence that says what is wrong.

| variable | meaning | without it |
|---|---|---|
| DATABASE_URL | postgresql://user:password@host:port/name of PostgreSQL 15 or newer | the embedded server |
| DATABASE_LISTEN_URL | the same database past a pooler between transactions, for what listens | DATABASE_URL |
| DATABASE_OWNER_URL | the same database as the owner of its tables: for `tartib migrate` and commands by hand | |
| TARTIB_DATA | folder of the embedded database, the secret key, uploaded files (in files/) and other state | ./var |
| TARTIB_URL | the address people reach Tartib at, as it stands in messages | http://localhost:8000 |
| TARTIB_HOSTS | further host names that are answered, separated by commas | none |
| TARTIB_LIVE_URL | the address of the live events, where it is not TARTIB_URL | TARTIB_URL with port 8001 |
| TARTIB_SECRET_KEY | signs sessions and links, encrypts stored secrets | made once, kept in TARTIB_DATA |
| TARTIB_PROXIES | addresses or networks of reverse proxies, separated by commas | 127.0.0.1,::1 |
| TARTIB_INTERNAL_SERVICES | 1 lets shops and browsers name services inside the own network | 0 |
| TARTIB_OUTSIDE_PORTS | ports besides 80 and 443 of what shops and browsers name, separated by commas | |
| TARTIB_API_RATE | how many requests a second an API key may make, counted over ten seconds | 100 |
| TARTIB_SESSION_IDLE | hours after which staff who do nothing are signed out | 12 |
| TARTIB_SESSION_LONGEST | days after which staff sign in again in any case | 14 |
| TARTIB_SECURITY_DAYS | days for which the security log is kept, at least 90 | 400 |
| TARTIB_DEBUG | 1 shows errors in the browser; never on the open net | 0 |
| TARTIB_SMTP | smtp://user:password@host:port, or smtps:// | smtp://localhost:25 |
| TARTIB_SENDER | the e-mail address that messages come from | tartib@<host of TARTIB_URL> |
| TARTIB_INBOUND | host:port at which `tartib mailbox` takes in e-mail that answers messages | none is taken in |
| TARTIB_INBOUND_DOMAIN | domain of the addresses at which messages are answered | the shop's own address is |
| TARTIB_PRACTICE_SMTP | host:port of the catcher of practice shops' e-mail | 127.0.0.1:8025 |
| TARTIB_ANCHOR_KEY | file (PEM) of the Ed25519 key that signs anchors | made once, kept in TARTIB_DATA |
| TARTIB_ANCHOR_STORE | S3 with Object Lock that keeps anchors: https://key:secret@host/bucket?region=…&days=… | none |
| TARTIB_COUNTRIES | file (.mmdb) with the countries of IP addresses | the one among the npm packages |
"""

from __future__ import annotations

import difflib
import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tartib.project.database import Role, Server, kept_secret
from tartib.project.standing_still import Connection

PACKAGE = Path(__file__).resolve().parent.parent


def _refuse_unknown() -> None:
    """A variable that nothing reads is a slip of the pen: what it was meant to change would silently stay as it is."""
    known = re.findall(r"^\| (TARTIB_\w+) ", __doc__ or "", re.MULTILINE)
    for name in sorted(name for name in os.environ if name.startswith("TARTIB_") and name not in known):
        alike = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {alike[0]}?" if alike else f"there are {', '.join(known)}."
        raise ImproperlyConfigured(f"{name} is not a setting of Tartib; {hint}")


def _parts(url: str) -> SplitResult | None:
    """The parts of an address; None where it cannot be one."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _address(name: str, default: str) -> str:
    value = os.environ.get(name, default).rstrip("/")
    parts = _parts(value)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ImproperlyConfigured(f"{name} is '{value}'; it must be like https://shop.example, without a path.")
    return value


def _flag(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is '{value}'; it must be 0 or 1.")
    return value == "1"


def _host_and_port(name: str, default: str) -> tuple[str, int]:
    host, _colon, port = os.environ.get(name, default).rpartition(":")
    if not host or not port.isdigit():
        raise ImproperlyConfigured(f"{name} must be host:port, such as {default}.")
    return host, int(port)


def _domain(name: str) -> str:
    value = os.environ.get(name, "").lower()
    if not re.fullmatch(r"|[a-z0-9-]+(?:\.[a-z0-9-]+)*", value):
        raise ImproperlyConfigured(f"{name} is '{value}'; it must be a domain alone, such as reply.shop.example.")
    return value


def _whole_number(name: str, default: int, *, least: int = 1) -> int:
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is '{value}'; it must be a whole number, at least {least}.")
    return int(value)


def _ports(name: str) -> frozenset[int]:
    given = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) < 65_536 for part in given):
        raise ImproperlyConfigured(f"{name} is '{os.environ[name]}'; write ports, separated by commas.")
    return frozenset(map(int, given))


def _networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    given = os.environ.get(name, default)
    try:
        return [ip_network(part.strip()) for part in given.split(",") if part.strip()]
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name}: {problem}. Write addresses or networks such as 10.0.0.0/8.") from None


def _file(name: str, default: Path) -> Path:
    value = Path(os.environ.get(name) or default)
    if name in os.environ and not value.is_file():
        raise ImproperlyConfigured(f"{name} is '{value}', and there is no such file.")
    return value


def _store(name: str) -> dict[str, Any] | None:
    if not (given := os.environ.get(name)):
        return None
    parts = _parts(given)
    query = parse_qs(parts.query) if parts else {}
    days = query.get("days", ["400"])[-1]
    bucket, _slash, prefix = parts.path.strip("/").partition("/") if parts else ("", "", "")
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not (parts.hostname and bucket and parts.password)
        or not set(query) <= {"region", "days"}
        or not days.isascii()
        or not days.isdigit()
        or int(days) < 1
    ):
        raise ImproperlyConfigured(f"{name} must be like https://key:secret@host/bucket?region=eu-central-1&days=400.")
    return {
        "endpoint": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        "key": unquote(parts.username or ""),
        "secret": unquote(parts.password),
        "bucket": bucket,
        "prefix": prefix,
        "region": query.get("region", ["us-east-1"])[-1],
        "days": int(days),
    }


def _secret_key() -> str:
    if given := os.environ.get("TARTIB_SECRET_KEY"):
        if len(given) < 32:
            raise ImproperlyConfigured("TARTIB_SECRET_KEY is too short; give at least 32 random characters.")
        return given
    return kept_secret(DATA / "secret-key", 48)


def _place(name: str, url: str) -> tuple[dict[str, str], dict[str, str]]:
    """Where a database is and who signs in, as Django has it, and the further options in its address."""
    parts = _parts(url)
    if parts is None or parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise ImproperlyConfigured(
            f"{name} must be like postgresql://user:password@host:5432/name; only PostgreSQL will do."
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    place = {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }
    return place, query


def _database() -> dict[str, Any]:
    place, query = _place("DATABASE_URL", os.environ.get("DATABASE_URL") or EMBEDDED.url("tartib"))
    return place | {
        "ENGINE": "tartib.project.postgres",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A server that was away is found again within seconds: a pool that goes on trying waits ever longer between
            # two attempts. Whoever asks meanwhile is not kept waiting.
            "pool": {
                "min_size": 1,
                "max_size": 13,
                "timeout": 3,
                "reconnect_timeout": 3,
                "connection_class": Connection,
            },
            "connect_timeout": 3,
            # A host that vanished says nothing: its connections end by these.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
            "server_side_binding": True,
            "prepare_threshold": 3,
            **query,
        },
    }


def _place_to_listen() -> dict[str, str]:
    """Where what listens signs in, as the driver has it; nothing where that is where everything does.

    A pooler that gives a connection to somebody else after each transaction keeps nobody's `LISTEN`.
    """
    url = os.environ.get("DATABASE_LISTEN_URL")
    if not url:
        return {}
    place, _query = _place("DATABASE_LISTEN_URL", url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {names[name]: value for name, value in place.items() if value}


def owner_of_database() -> dict[str, str] | None:
    """Where the owner of the tables signs in; None where nobody told. What serves never asks for it."""
    url = os.environ.get("DATABASE_OWNER_URL") or (EMBEDDED.url("tartib", Role.OWNER) if USES_EMBEDDED else "")
    return _place("DATABASE_OWNER_URL", url)[0] if url else None


_refuse_unknown()
DEBUG = _flag("TARTIB_DEBUG")
DATA = Path(os.environ.get("TARTIB_DATA", "var")).resolve()
EMBEDDED = Server(DATA, {"max_connections": "100", "shared_buffers": "256MB"})
USES_EMBEDDED = not os.environ.get("DATABASE_URL")
TARTIB_LISTENS_AT = _place_to_listen()

TARTIB_URL = _address("TARTIB_URL", "http://localhost:8000")
_url = urlsplit(TARTIB_URL)
TARTIB_LIVE_URL = _address("TARTIB_LIVE_URL", f"{_url.scheme}://{_url.hostname}:{(_url.port or 8000) + 1}")

SECRET_KEY = _secret_key()
TARTIB_ANCHOR_KEY = _file("TARTIB_ANCHOR_KEY", DATA / "anchor-key")
TARTIB_ANCHOR_STORE = _store("TARTIB_ANCHOR_STORE")
TARTIB_HOSTS = [_url.hostname or "", *filter(None, os.environ.get("TARTIB_HOSTS", "").split(","))]
if _url.hostname in {"localhost", "127.0.0.1"}:
    TARTIB_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
# The first middleware refuses every other host that is no shop's domain either; Django's list cannot ask the database.
ALLOWED_HOSTS = ["*"]
TARTIB_PROXIES = _networks("TARTIB_PROXIES", "127.0.0.1,::1")
TARTIB_INTERNAL_SERVICES = _flag("TARTIB_INTERNAL_SERVICES")
TARTIB_OUTSIDE_PORTS = _ports("TARTIB_OUTSIDE_PORTS")
CSRF_TRUSTED_ORIGINS = [TARTIB_URL]
CSRF_FAILURE_VIEW = "tartib.project.refusals.expired"
TARTIB_API_RATE = _whole_number("TARTIB_API_RATE", 100)
TARTIB_SECURITY_DAYS = _whole_number("TARTIB_SECURITY_DAYS", 400, least=90)

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "tartib.shops",
    "tartib.journal",
    "tartib.files",
    "tartib.customers",
    "tartib.catalog",
    "tartib.cases",
    "tartib.orders",
    "tartib.payments",
    "tartib.notify",
    "tartib.shipping",
    "tartib.support",
    "tartib.dispatch",
    "tartib.imports",
    "tartib.billing",
    "tartib.feedback",
    "tartib.checkout",
    "tartib.risk",
    "tartib.mailbox",
    "tartib.web",
    "tartib.public",
    "tartib.desk",
    "tartib.portal",
    "tartib.storefront",
    "tartib.api",
    "tartib.live",
    "tartib.sandbox",
    "tartib.project",
]

MIDDLEWARE = [
    "tartib.web.headers.visitors",
    "tartib.web.headers.security_headers",
    "tartib.web.away.spare",
    "tartib.web.hosts.hosts",
    "django.middleware.security.SecurityMiddleware",
    # Programs need neither sessions nor pages: the API is answered here.
    "tartib.api.middleware.lane",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tartib.web.sessions.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tartib.web.idle.renewed",
    # From here on something of a shop may be asked for; what comes before asks for nothing but who is there.
    "tartib.project.entrances.entered",
    "tartib.web.bodies.bounded",
    "tartib.web.no_nul_field.no_nul",
    "tartib.public.limits.forms_sent",
    "tartib.public.proving.proofs",
    "tartib.web.toasts.toasts",
    "tartib.web.refused.refused",
    "tartib.project.refusals.no_page",
]
ROOT_URLCONF = "tartib.project.urls"
WSGI_APPLICATION = "tartib.project.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "shops.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/desk/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "tartib.shops.passwords.LongEnough"},
    {"NAME": "tartib.shops.passwords.NotCommon"},
]

# With the session a message goes when its reader signs out; a cookie would show it to whoever comes next.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("fa", _("Persian")),
    ("uk", _("Ukrainian")),
    ("zh-hant", _("Traditional Chinese")),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    # What people upload; several machines have this folder in common (docs/decisions/files.md).
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "tartib.project.static.Storage"},
}
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder", "tartib.web.vendor.VendorFinder"]

_secure = _url.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# Browsers take a name that begins so only with a cookie that is secure and of this host alone; over http there is none.
_host_alone = "__Host-" if _secure else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_host_alone}sessionid", f"{_host_alone}csrftoken"
SESSION_ENGINE = "tartib.shops.sessions"
# An idle session ends by Django's own rule, one that is in use by `shops.sessions` when its time is over.
SESSION_COOKIE_AGE = _whole_number("TARTIB_SESSION_IDLE", 12) * 3600
TARTIB_SESSION_LONGEST = _whole_number("TARTIB_SESSION_LONGEST", 14) * 24 * 3600
CSRF_COOKIE_HTTPONLY = False
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF, TARTIB_LIVE_URL],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

_smtp = _parts(os.environ.get("TARTIB_SMTP", "smtp://localhost:25"))
if _smtp is None or _smtp.scheme not in {"smtp", "smtps"} or not _smtp.hostname:
    raise ImproperlyConfigured("TARTIB_SMTP must be like smtp://user:password@mail.example:587 or smtps://…")
EMAIL_BACKEND = "tartib.notify.channels.smtp.EmailBackend"
EMAIL_HOST = _smtp.hostname
EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp" and EMAIL_PORT == 587
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TARTIB_SENDER", f"tartib@{_url.hostname}")
# The MX of that domain leads to the address listened at, and its SPF lets the server of TARTIB_SMTP send for it: the
# domain stands in the envelopes of messages.
TARTIB_INBOUND = _host_and_port("TARTIB_INBOUND", "0.0.0.0:25") if os.environ.get("TARTIB_INBOUND") else None
TARTIB_INBOUND_DOMAIN = _domain("TARTIB_INBOUND_DOMAIN")
TARTIB_PRACTICE_SMTP = _host_and_port("TARTIB_PRACTICE_SMTP", "127.0.0.1:8025")
TARTIB_COUNTRIES = _file(
    "TARTIB_COUNTRIES",
    PACKAGE.parent.parent / "node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb",
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "tartib.web.logs.WithoutKeys", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Procrastinate tells of every job at INFO, the catcher of every line of a letter, the pool of every attempt to
    # connect; what went wrong is enough.
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},
        "psycopg.pool": {"level": "ERROR"},
    },
}
