"""Settings of Headrace: one file, everything that differs between machines comes from the environment.

HEADRACE_HOME       where the embedded database and the files lie (default: .headrace in the working directory)
HEADRACE_DATABASE   a database address, e.g. postgresql://user@/headrace?host=/run/postgresql
                    (default: SQLite in HEADRACE_HOME)
HEADRACE_SECRET_KEY the signing key; made once and kept in HEADRACE_HOME when left out
HEADRACE_HOSTS      comma-separated names the server answers to (default: localhost)
HEADRACE_DURABLE    1 (default) syncs every commit to disk; 0 only for demonstrations and tests
HEADRACE_BACKEND    what programmes are calculated on: duckdb (default), spark or reference
HEADRACE_DEBUG      1 shows Django's error pages
HEADRACE_EMAIL      the mail server, e.g. smtps://user:password@mail.example.com; files: (default) keeps messages
                    as files in HEADRACE_HOME/mail and sends none; console: prints them
HEADRACE_EMAIL_FROM the sender's address (default: headrace@localhost)
HEADRACE_ADDRESS    where people reach the product, for links in messages (default: http://localhost:8000)
HEADRACE_HTTPS      1 marks cookies secure and sends HSTS; set it wherever real people sign in
"""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from headrace.base.mail_server import email_settings

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: str) -> bool:
    return os.environ.get(name, default) == "1"


HOME = Path(os.environ.get("HEADRACE_HOME", ".headrace")).resolve()
HOME.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret_key() -> str:
    """The key from the environment, else one made once and kept readable by its owner alone."""
    if key := os.environ.get("HEADRACE_SECRET_KEY"):
        return key
    path = HOME / "secret-key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = _flag("HEADRACE_DEBUG", "0")
DURABLE = _flag("HEADRACE_DURABLE", "1")
HTTPS = _flag("HEADRACE_HTTPS", "0")
BACKEND = os.environ.get("HEADRACE_BACKEND") or "duckdb"
ADDRESS = os.environ.get("HEADRACE_ADDRESS", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = os.environ.get("HEADRACE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("HEADRACE_DATABASE") or f"sqlite:///{HOME / 'headrace.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # With Django's defaults two thirds of concurrent posts fail: a deferred transaction that turns into a
    # writer can't wait. IMMEDIATE takes the lock at the start, so the timeout works.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous="
        + ("FULL" if DURABLE else "NORMAL")
        # Without recursive triggers, INSERT OR REPLACE deletes from append-only tables unseen.
        + "; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
    }

FILES_ROOT = HOME / "files"  # bytes kept by hash, outside anything a web server serves

DEFAULT_FROM_EMAIL = os.environ.get("HEADRACE_EMAIL_FROM", "headrace@localhost")
globals().update(email_settings(os.environ.get("HEADRACE_EMAIL") or "files:", HOME))

INSTALLED_APPS = [
    "headrace.base",
    "headrace.ledger",
    "headrace.partners",
    "headrace.sales",
    "headrace.programmes",
    "headrace.earnings",
    "headrace.claims",
    "headrace.disputes",
    "headrace.payouts",
    "headrace.books",
    "headrace.portal",
    "headrace.console",
    "headrace.config",
    "headrace.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "headrace.base.middleware.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "headrace.config.urls"
WSGI_APPLICATION = "headrace.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "headrace.base.context_processors.shell",
                "headrace.console.menu.menu",
                "headrace.portal.menu.menu",
            ],
        },
    }
]

AUTH_USER_MODEL = "base.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("it", "Italiano"),
    ("ms", "Bahasa Melayu"),
    ("ar", "العربية"),
]
CATALOGUES_ROOT = PACKAGE / "locale"  # .po files
LOCALE_PATHS = [HOME / "locale"]  # compiled from them by headrace.base.translations
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
