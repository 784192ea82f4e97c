"""Settings under real environments: each test starts a fresh interpreter."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.processes import GUNICORN, MANAGE, run

PRODUCTION = {
    "SECRET_KEY": "x7v-u0Qm-3kz_pY5sWb8eNc1rHdJ4tGaL9oFi6Xq2TzVwKjM-long-enough",
    "ALLOWED_HOSTS": "shop.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}
STRIPE = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
SHOW = (
    "import json; from repairshop import settings; "
    "print(json.dumps({{name: getattr(settings, name, None) for name in {names}}}, default=str))"
)


def values(*names: str, **environment: str) -> dict[str, Any]:
    """Settings as a process with this environment sees them."""
    shown = run("python", "-c", SHOW.format(names=names), **{**PRODUCTION, **environment})
    assert shown.returncode == 0, shown.stderr
    loaded: dict[str, Any] = json.loads(shown.stdout)
    return loaded


@pytest.mark.parametrize("key", ["only-for-tests", "x" * 49, "abcd" * 20])
def test_a_key_that_can_be_guessed_is_refused_with_one_sentence(key: str) -> None:
    refused = run(*MANAGE, "migrate", **{**PRODUCTION, "SECRET_KEY": key})

    assert refused.returncode == 1
    assert refused.stderr.startswith("SECRET_KEY must have 50 characters or more")
    assert refused.stderr.count("\n") == 1
    assert key not in refused.stderr


def test_a_browsers_list_of_names_is_joined_only_when_asked() -> None:
    assert values("SECURE_HSTS_PRELOAD") == {"SECURE_HSTS_PRELOAD": False}
    assert values("SECURE_HSTS_PRELOAD", HSTS_PRELOAD="True") == {"SECURE_HSTS_PRELOAD": True}


@pytest.mark.parametrize("pooled", [True, False])
def test_behind_a_pool_the_server_keeps_no_cursor(pooled: bool) -> None:
    shown = values("DATABASES", DATABASE_POOLED=str(pooled))["DATABASES"]["default"]

    assert shown["DISABLE_SERVER_SIDE_CURSORS"] is pooled


def test_the_key_before_still_opens_what_it_signed() -> None:
    shown = values("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS="the-key-before,the-one-before-it")

    assert shown == {"SECRET_KEY_FALLBACKS": ["the-key-before", "the-one-before-it"]}


def test_without_a_mail_server_a_deployed_shop_logs_no_words_of_mails() -> None:
    backend = "mail.unsent.EmailBackend"
    assert values("EMAIL_BACKEND") == {"EMAIL_BACKEND": backend}


@pytest.mark.parametrize("command", [(*MANAGE, "migrate"), (*MANAGE, "check"), GUNICORN])
def test_without_a_secret_key_it_refuses_with_one_sentence(command: tuple[str, ...]) -> None:
    refused = run(*command, **{**PRODUCTION, "SECRET_KEY": ""})

    assert refused.returncode == 1
    assert refused.stderr.startswith("SECRET_KEY is not set")
    assert refused.stderr.count("\n") == 1


def test_without_allowed_hosts_the_server_refuses_with_one_sentence() -> None:
    refused = run(*GUNICORN, **{**PRODUCTION, "ALLOWED_HOSTS": ""})

    assert refused.returncode == 1
    assert refused.stderr.startswith("ALLOWED_HOSTS is not set")
    assert refused.stderr.count("\n") == 1


def test_static_files_build_before_anything_is_configured(tmp_path: Path) -> None:
    built = run(*MANAGE, "collectstatic", "--noinput", STATIC_ROOT=str(tmp_path))

    assert built.returncode == 0, built.stderr
    assert (tmp_path / "staticfiles.json").exists()
    assert list(tmp_path.glob("css/base.*.css.gz"))


def test_debug_is_off_and_tls_on_unless_asked_otherwise() -> None:
    assert values("DEBUG", "SECURE") == {"DEBUG": False, "SECURE": True}


@pytest.mark.parametrize(("secure", "prefix"), [("True", "__Host-"), ("False", "")])
def test_cookies_belong_to_this_host_by_their_names_over_tls(secure: str, prefix: str) -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")

    assert list(values(*names, SECURE=secure).values()) == [
        f"{prefix}sessionid",
        f"{prefix}csrftoken",
    ]


def test_staff_need_a_second_factor_but_where_the_demo_runs() -> None:
    name = "STAFF_SECOND_FACTOR"
    found = [values(name, DEBUG=debug)[name] for debug in ("True", "False")]

    assert found == [False, True]


def test_the_task_engine_is_there_for_whoever_wants_it_alone() -> None:
    name, engine = "INSTALLED_APPS", "django_tasks_db"

    assert engine in values(name, TIMER="tasks")[name]
    assert engine not in values(name)[name]


def test_without_its_package_the_start_says_what_is_missing() -> None:
    code = "import sys; sys.modules['django_tasks_db'] = None; import repairshop.settings"
    refused = run("python", "-c", code, **{**PRODUCTION, "TIMER": "tasks"})

    assert refused.returncode == 1
    assert "pipenv install 'django-tasks-db[compat]'" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "yes"),
        ("SECURE", "1"),
        ("ALLOWED_HOSTS", "shop.example.com,*"),
        ("TIMER", "false"),
        ("TIMER_SECONDS", "0"),
        ("HOLD_MINUTES", "-5"),
        ("HOLD_MINUTES", "a quarter"),
        ("CURRENCY", "euro"),
        ("CURRENCY", "CLF"),
        ("EMAIL_URL", "mail.example.com"),
        ("TRUSTED_PROXIES", "all"),
        ("STRIPE_API_BASE", "api.stripe.com"),
    ],
)
def test_a_typo_stops_the_start_and_names_the_setting(name: str, value: str) -> None:
    refused = run(*MANAGE, "migrate", **{**PRODUCTION, name: value})

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name} must ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("LINE_LIMIT", "WAITLIST_LIMIT"),
        ("TAKES_PER_ADDRESS", "HOLDS_PER_HOUR_PER_ADDRESS"),
        ("TAKES_PER_ACCOUNT", "HOLDS_PER_HOUR_PER_ACCOUNT"),
    ],
)
def test_a_setting_is_read_under_its_name_of_the_release_before(before: str, now: str) -> None:
    assert values(now, **{before: "7"}) == {now: 7}
    assert values(now, **{before: "7", now: "8"}) == {now: 8}


def test_the_deployment_check_is_silent() -> None:
    checked = run(*MANAGE, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert checked.returncode == 0, checked.stderr
    assert "no issues (2 silenced)" in checked.stdout


def test_env_py_fills_in_what_the_environment_leaves_open(tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text(
        "import os\n"
        "os.environ.setdefault('CURRENCY', 'GBP')\n"
        "os.environ.setdefault('DEFAULT_FROM_EMAIL', 'shop@example.com')\n"
    )
    shown = values(
        "CURRENCY", "DEFAULT_FROM_EMAIL", ENV_FILE=str(tmp_path / "env.py"), CURRENCY="USD"
    )

    assert shown == {"CURRENCY": "USD", "DEFAULT_FROM_EMAIL": "shop@example.com"}


def test_on_heroku_the_database_is_asked_over_tls_and_hosts_stay_closed() -> None:
    shown = values(
        "DATABASES",
        "ALLOWED_HOSTS",
        "TRUSTED_PROXIES",
        "LOGGING",
        DYNO="web.1",
        DATABASE_URL="postgres://u:p@db.example.com:5432/shop",
    )
    database = shown["DATABASES"]["default"]

    assert database["OPTIONS"] == {"sslmode": "require", "connect_timeout": 5}
    assert (database["CONN_HEALTH_CHECKS"], database["CONN_MAX_AGE"]) == (True, 600)
    assert shown["ALLOWED_HOSTS"] == ["shop.example.com"]
    assert shown["TRUSTED_PROXIES"] == 1
    assert "request_id" in shown["LOGGING"]["filters"]


def test_only_the_binary_psycopg2_is_installed() -> None:
    lock = json.loads(Path("Pipfile.lock").read_text())

    assert lock["default"]["psycopg2"]["markers"] == "python_version < '3'"
    assert "psycopg2-binary" in lock["default"]


def test_the_lock_names_no_package_index() -> None:
    lock = json.loads(Path("Pipfile.lock").read_text())

    assert lock["_meta"]["sources"] == []
    assert "://" not in Path("Pipfile.lock").read_text()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://shop:p%40ss@mail.example.com:2525",
            ["mail.example.com", 2525, "p@ss", True, False],
        ),
        ("smtp://mail.example.com", ["mail.example.com", 587, "", True, False]),
        ("smtps://shop:x@mail.example.com", ["mail.example.com", 465, "x", False, True]),
        ("", ["", 587, "", True, False]),
    ],
)
def test_the_mail_server_may_be_one_address(url: str, expected: list[object]) -> None:
    names = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL"]

    assert list(values(*names, EMAIL_URL=url).values()) == expected


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        ({"AWS_S3_REGION_NAME": "eu-central-1"}, "https://s3.eu-central-1.amazonaws.com"),
        ({"AWS_S3_ENDPOINT_URL": "http://127.0.0.1:9000"}, "http://127.0.0.1:9000"),
        ({"AWS_S3_CUSTOM_DOMAIN": "pictures.example.com"}, "https://pictures.example.com"),
    ],
)
def test_pictures_may_come_from_the_bucket(environment: dict[str, str], source: str) -> None:
    buckets = {"AWS_STORAGE_BUCKET_NAME": "pictures", "AWS_PRIVATE_BUCKET_NAME": "photos"}
    shown = values("MEDIA_SOURCES", **buckets, **environment)

    assert shown["MEDIA_SOURCES"] == ["'self'", source]


@pytest.mark.parametrize("private", ["", "pictures"])
def test_photos_of_repairs_need_a_bucket_of_their_own(private: str) -> None:
    buckets = {"AWS_STORAGE_BUCKET_NAME": "pictures", "AWS_PRIVATE_BUCKET_NAME": private}
    refused = run(*MANAGE, "migrate", **{**PRODUCTION, **buckets})

    assert refused.returncode == 1
    assert refused.stderr.startswith("AWS_PRIVATE_BUCKET_NAME must name a second bucket")
    assert refused.stderr.count("\n") == 1


def test_photos_of_repairs_lie_outside_of_what_is_served(tmp_path: Path) -> None:
    shown = values("STORAGES", "MEDIA_ROOT", "STATIC_ROOT", PRIVATE_MEDIA_ROOT=str(tmp_path))

    place = shown["STORAGES"]["private"]["OPTIONS"]["location"]
    assert place == str(tmp_path)
    assert place not in {shown["MEDIA_ROOT"], shown["STATIC_ROOT"]}


def test_cards_without_a_way_to_know_stripes_messages_are_refused() -> None:
    refused = run(*MANAGE, "migrate", **PRODUCTION, STRIPE_SECRET_KEY="sk_test_1")

    assert refused.returncode == 1
    assert refused.stderr.startswith("STRIPE_WEBHOOK_SECRET must be set")
    assert refused.stderr.count("\n") == 1


def test_the_key_of_cards_goes_nowhere_without_tls() -> None:
    places = {**STRIPE, "STRIPE_API_BASE": "http://127.0.0.1:12111"}
    refused = run(*MANAGE, "migrate", **PRODUCTION, **places)

    assert refused.returncode == 1
    assert refused.stderr.startswith("STRIPE_API_BASE must begin with https://")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ["'self'"]),
        (STRIPE, ["'self'", "https://checkout.stripe.com"]),
        (
            {**STRIPE, "STRIPE_API_BASE": "http://127.0.0.1:12111", "SECURE": "False"},
            ["'self'", "http://127.0.0.1:12111"],
        ),
    ],
)
def test_forms_may_lead_to_the_pay_page_only_where_cards_are_taken(
    environment: dict[str, str], expected: list[str]
) -> None:
    policy = values("CONTENT_SECURITY_POLICY", **environment)["CONTENT_SECURITY_POLICY"]

    assert policy["DIRECTIVES"]["form-action"] == expected


def test_the_language_comes_first_as_it_is_written_somewhere() -> None:
    shown = values("LANGUAGES", "LANGUAGE_CODE", LANGUAGE_CODE="en-ie")

    assert shown["LANGUAGE_CODE"] == "en-ie"
    assert shown["LANGUAGES"][0] == ["en-ie", "English"]
    assert len(shown["LANGUAGES"]) == len(values("LANGUAGES")["LANGUAGES"])


@pytest.mark.parametrize("language", ["ja", "english", "en_IE", "", "EN"])
def test_a_language_that_is_not_there_is_refused(language: str) -> None:
    refused = run(*MANAGE, "check", **{**PRODUCTION, "LANGUAGE_CODE": language})

    assert refused.returncode == 1
    assert refused.stderr.startswith("LANGUAGE_CODE must be en")
    assert refused.stderr.count("\n") == 1
