"""The one settings file. Every value that differs between places comes from the environment;
what is not set has a safe default (see ``.env.example`` for the list)."""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_bool(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


if not TESTING and (BASE_DIR / ".env").is_file():
    # KEY=value lines, as systemd and compose read them; what is really in the environment wins.
    for line in (BASE_DIR / ".env").read_text(encoding="utf-8").splitlines():
        key, found, value = line.partition("=")
        if found and not key.lstrip().startswith("#"):
            os.environ.setdefault(key.strip(), value.strip().strip("\"'"))


# --- where data lives ---------------------------------------------------------------------
VAR_DIR = Path(env("LIAISON_VAR") or BASE_DIR / "var").resolve()
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env_bool("DEBUG")


def secret(name: str) -> str:
    """The secret ``name`` from the environment, else from a file in ``VAR_DIR`` that the first run makes.

    The file is created exclusively, so that web, worker and beat starting together read one and the same value.
    """
    if value := env(name):
        return value
    path = VAR_DIR / f"{name.lower()}.txt"
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        for _ in range(50):
            if value := path.read_text().strip():
                return value
        raise ImproperlyConfigured(f"{path} is empty") from None
    value = secrets.token_urlsafe(50)
    with os.fdopen(fd, "w") as handle:
        handle.write(value)
    return value


SECRET_KEY = secret("SECRET_KEY")
# Encrypts voters' personal data at rest (liaison/lib/encryption.py). Lose it and that data is lost.
DATA_KEY = secret("DATA_KEY")
DATA_KEY_PREVIOUS = env_list("DATA_KEY_PREVIOUS")

SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

# --- rooms --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "liaison.admin_site.LiaisonAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "js_lib_bootstrap5",
    "js_lib_bootstrap_icons",
    "liaison.lockout_app.LockoutConfig",
    "csp",
    "accounts",
    "history",
    "workdays",
    "messaging",
    "stations",
    "deputies",
    "noticeboard",
    "receptions",
    "staffing",
    "suggestions",
    "meetings",
    "legislation",
    "supervision",
    "consultations",
    "portal",
    "reports",
    "imports",
    "demo",
    "liaison",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.large_type.LargeTypeMiddleware",
]

ROOT_URLCONF = "liaison.urls"
WSGI_APPLICATION = "liaison.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "liaison.context.site",
            ],
            "builtins": ["liaison.templatetags.liaison"],
        },
    }
]

# --- database -----------------------------------------------------------------------------


def database(url: str) -> dict:
    """A Django database entry from ``postgresql://user:password@host:port/name``; empty means SQLite in VAR_DIR."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "liaison.sqlite3",
            "OPTIONS": {
                # Deferred transactions fail with "database is locked" when a reader turns writer.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            },
        }
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database(env("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker and cache ---------------------------------------------------------------------


def embedded_broker() -> str:
    """The one that `manage.py up` keeps running for this VAR_DIR, so that a command run beside it finds it."""
    try:
        return (VAR_DIR / "broker" / "url").read_text().strip()
    except OSError:
        return ""


# Empty means: no broker at hand. `manage.py up` starts the embedded one and sets REDIS_URL for its children.
REDIS_URL = env("REDIS_URL") or ("" if TESTING else embedded_broker())
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},  # seconds; a page must not wait for it
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Keep rendered public pages in the cache (portal/keeping.py).
KEEP_PAGES = env_bool("KEEP_PAGES", True)

CELERY_BROKER_URL = REDIS_URL or "redis://127.0.0.1:6379/0"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 3}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Deadlines are found by scanning the database, never by long ETAs: a missed night is caught up.
    "outbox": {"task": "messaging.tasks.sweep", "schedule": 60},
    "limits": {"task": "suggestions.tasks.sweep_limits", "schedule": 600},
    "plan": {"task": "receptions.tasks.plan", "schedule": 3600},
    "remind": {"task": "receptions.tasks.remind", "schedule": 600},
    "whistles": {"task": "consultations.tasks.sweep_whistles", "schedule": 300},
    "notices": {"task": "noticeboard.tasks.release_due", "schedule": 60},
    "wechat_pictures": {"task": "portal.tasks.fetch_wechat_pictures", "schedule": 60},
    "draft_laws": {"task": "legislation.tasks.remind", "schedule": 3600},
    "drafts": {"task": "portal.tasks.erase_drafts", "schedule": 3600},
    "wechat_forget": {"task": "portal.tasks.forget_wechat", "schedule": 3600},
    "imports": {"task": "imports.tasks.sweep_imports", "schedule": 60},
    "imports_erased": {"task": "imports.tasks.erase_imports", "schedule": 3600},
    "page_changes": {"task": "portal.tasks.prune_changes", "schedule": 300},
    "figures": {"task": "reports.tasks.keep_figures", "schedule": 60},
    "promises": {"task": "consultations.tasks.sweep_promises", "schedule": 3600},
    "exports": {"task": "reports.tasks.sweep_exports", "schedule": 60},
    "supervision": {"task": "supervision.tasks.tell_late", "schedule": 3600},
    "statistics": {"task": "liaison.tasks.refresh_statistics", "schedule": crontab(hour=3, minute=20)},
}
# Runs when an office typed in days off or make-up workdays: reception days settle.
CALENDAR_CHANGED_TASK = "receptions.tasks.plan"


def span_of_hours(name: str, default: str) -> tuple[int, int]:
    """``8-18``: from eight o'clock until before six in the evening."""
    value = env(name, default)
    opens, _, closes = value.partition("-")
    if not (opens.isdecimal() and closes.isdecimal() and 0 <= int(opens) < int(closes) <= 24):
        raise ImproperlyConfigured(f"{name} must look like 8-18, not {value}")
    return int(opens), int(closes)


# Hours of the day in which reminders of reception days are written.
REMIND_HOURS = span_of_hours("REMIND_HOURS", "8-18")

# --- accounts -----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.NameOrPhoneBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "suggestions:my_work"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.LetterAndDigitValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SESSION_COOKIE_AGE = int(env("SESSION_MINUTES", "120")) * 60
SESSION_SAVE_EVERY_REQUEST = False  # AccountMiddleware renews it at most once a minute
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "liaison_session"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # 等保 2.0: failed log-ins are kept too, not only counted until one succeeds
AXES_CLIENT_IP_CALLABLE = "liaison.lib.clientip.client_ip"

# --- security -----------------------------------------------------------------------------
HTTPS = env_bool("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Reverse proxies of ours in front of the web server: this many addresses at the right end of X-Forwarded-For, and
# the scheme in X-Forwarded-Proto, are theirs and true. With 0 those headers are anybody's and not read.
PROXY_COUNT = int(env("PROXY_COUNT", "0"))
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # Bars and progress widths are set with inline style attributes computed on the server.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

# --- language, time, files ----------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "Y年n月j日"

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT") or VAR_DIR / "static")
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # may stay empty: WhiteNoise then finds the files in the packages
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "media"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = TESTING  # else every test client would walk through two thousand icons
# No MEDIA_URL: uploaded files are served only through views that check who asks.
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
# Large files on their way out. They have no name there: with the process that writes them they are gone.
TEMP_DIR = VAR_DIR / "tmp"
TEMP_DIR.mkdir(exist_ok=True)
# An export of more rows is written by a task and fetched when it is ready.
EXPORT_ROWS_AT_ONCE = int(env("EXPORT_ROWS_AT_ONCE", "5000"))
# An import of more rows is checked and written by a task: a web server gives up on a request after a minute.
IMPORT_ROWS_AT_ONCE = int(env("IMPORT_ROWS_AT_ONCE", "2000"))

# --- mail ---------------------------------------------------------------------------------
EMAIL_HOST = env("EMAIL_HOST")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "liaison@localhost")

# --- SMS, WeCom ---------------------------------------------------------------------------
# Seconds to connect and to answer, for every HTTP interface we speak to.
HTTP_TIMEOUT = (float(env("HTTP_CONNECT_SECONDS", "5")), float(env("HTTP_READ_SECONDS", "10")))
# A work group's robot is a WeCom address and nothing else, unless these hosts are added (a relay of one's own).
WEBHOOK_EXTRA_HOSTS = [host.lower() for host in env_list("WEBHOOK_EXTRA_HOSTS")]
WECOM_FORMAT = env("WECOM_FORMAT", "markdown")

# Official accounts are set per county in the application. These are the platform's own; tests speak to loopback.
WECHAT_API = "https://api.weixin.qq.com"
WECHAT_PICTURE_HOSTS = ["mmbiz.qpic.cn"]
WECHAT_PICTURE_SCHEME, WECHAT_PICTURE_PORT = "https", 443

SMS_GATEWAY = env("SMS_GATEWAY").lower()
SMS_SIGN_NAME = env("SMS_SIGN_NAME")
SMS_TEMPLATES = env("SMS_TEMPLATES")
SMS_ALIYUN_KEY_ID = env("SMS_ALIYUN_KEY_ID")
SMS_ALIYUN_KEY_SECRET = env("SMS_ALIYUN_KEY_SECRET")
SMS_ALIYUN_ENDPOINT = env("SMS_ALIYUN_ENDPOINT", "dysmsapi.aliyuncs.com")
SMS_ALIYUN_SCHEME = "https"  # tests speak to loopback
SMS_HTTP_URL = env("SMS_HTTP_URL")
SMS_HTTP_METHOD = env("SMS_HTTP_METHOD", "POST").upper()
SMS_HTTP_HEADERS = env("SMS_HTTP_HEADERS")
SMS_HTTP_BODY = env("SMS_HTTP_BODY")
SMS_HTTP_SUCCESS = env("SMS_HTTP_SUCCESS")

# --- forms --------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
FILTERS_EMPTY_CHOICE_LABEL = "全部"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
    "loggers": {
        "liaison": {"level": env("LOG_LEVEL", "INFO")},
        # It writes whole addresses, with telephone numbers and robots' keys in them.
        "urllib3": {"level": "ERROR"},
    },
}
