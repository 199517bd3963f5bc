"""Settings: one table, and a wrong value is refused before anything starts."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from assessment.infra.languages import Localisation
from assessment.infra.settings import SHORTEST_SECRET, WrongSetting, load_settings

SECRET = "x" * SHORTEST_SECRET


def test_without_any_setting_the_embedded_database_is_used(tmp_path):
    settings = load_settings(tmp_path / "instance", {})
    assert settings.is_embedded
    assert settings.database_url.endswith("/instance/escala.sqlite")
    assert settings.base_url is None


def test_the_secret_is_made_once_and_read_by_its_owner_only(tmp_path):
    first = load_settings(tmp_path, {}).secret_key
    assert len(first) >= SHORTEST_SECRET
    assert load_settings(tmp_path, {}).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_processes_that_start_together_share_one_secret(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        secrets = {settings.secret_key for settings in threads.map(lambda _: load_settings(tmp_path, {}), range(64))}
    assert len(secrets) == 1


def test_a_damaged_secret_is_refused(tmp_path):
    (tmp_path / "secret-key").write_text("", "utf-8")
    with pytest.raises(WrongSetting):
        load_settings(tmp_path, {})


@pytest.mark.parametrize("given", ["postgresql://h/d", "postgres://h/d", "postgresql+psycopg://h/d"])
def test_postgresql_goes_by_all_its_names_and_needs_a_secret(tmp_path, given):
    environment = {"ESCALA_DATABASE_URL": given, "ESCALA_SECRET_KEY": SECRET}
    assert load_settings(tmp_path, environment).database_url == "postgresql+psycopg://h/d"
    with pytest.raises(WrongSetting) as refused:
        load_settings(tmp_path, {"ESCALA_DATABASE_URL": given})
    assert refused.value.variable == "ESCALA_SECRET_KEY"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ESCALA_DATABASE_URL", "mysql://h/d"),
        ("ESCALA_QUEUE_URL", "amqp://h"),
        ("ESCALA_QUEUE_URL", "redis://h"),  # without its package
        ("ESCALA_DATABASE_URL", "escala.sqlite"),
        ("ESCALA_DATABASE_URL", "sqlite://"),
        ("ESCALA_DATABASE_URL", "sqlite:///:memory:"),
        ("ESCALA_SECRET_KEY", "short"),
        ("ESCALA_BASE_URL", "escala.example.org"),
        ("ESCALA_BASE_URL", "ftp://escala.example.org"),
        ("ESCALA_BASE_URL", "https://escala.example.org:port"),
        ("ESCALA_BASE_URL", "https://[::1"),
        ("ESCALA_BASE_URL", "https://example.org/escala"),
        ("ESCALA_BASE_URL", "https://example.org?team=1"),
        ("ESCALA_BASE_URL", "https://ana@example.org"),
        ("ESCALA_SMTP_URL", "https://mail.example.org"),
        ("ESCALA_SMTP_URL", "smtp://mail.example.org"),  # without ESCALA_BASE_URL
        ("ESCALA_LOG_FORMAT", "xml"),
        ("ESCALA_SMTP_PER_MINUTE", "0"),
        ("ESCALA_SMTP_PER_MINUTE", "6001"),
        ("ESCALA_SMTP_PER_MINUTE", "many"),
        ("ESCALA_IDLE_HOURS", "0"),
        ("ESCALA_IDLE_HOURS", "13"),
        ("ESCALA_IDLE_HOURS", "a day"),
        ("ESCALA_KEEP_PRINTED_PLANS_DAYS", "0"),
        ("ESCALA_KEEP_PRINTED_PLANS_DAYS", "-1"),
        ("ESCALA_KEEP_PRINTED_PLANS_DAYS", "two"),
        ("ESCALA_KEEP_PRINTED_PLANS_DAYS", "1" * 5000),
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path, variable, value):
    with pytest.raises(WrongSetting) as refused:
        load_settings(tmp_path, {variable: value})
    assert refused.value.variable == variable
    english, spanish = (
        reader.gettext(refused.value.reason, **refused.value.values)
        for reader in (Localisation("en"), Localisation("es"))
    )
    assert english != spanish
    assert "%(" not in english + spanish


def test_printed_plans_are_kept_unless_a_number_of_days_is_given(tmp_path):
    assert load_settings(tmp_path, {}).keep_printed_plans_days is None
    assert load_settings(tmp_path, {"ESCALA_KEEP_PRINTED_PLANS_DAYS": "730"}).keep_printed_plans_days == 730
    assert load_settings(tmp_path, {}).idle_hours == 4
    assert load_settings(tmp_path, {"ESCALA_IDLE_HOURS": "12"}).idle_hours == 12


def test_the_instance_folder_is_its_owners_alone(tmp_path):
    load_settings(tmp_path / "instance", {})
    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o700


def test_settings_never_show_their_secrets(tmp_path):
    settings = load_settings(tmp_path, {"ESCALA_SECRET_KEY": SECRET})
    assert SECRET not in repr(settings)


def test_later_work_is_carried_by_postgresql_or_redis_where_a_setting_says_so(tmp_path):
    assert load_settings(tmp_path, {}).queue_url is None
    given = load_settings(tmp_path, {"ESCALA_QUEUE_URL": "postgresql://h/d"})
    assert given.queue_url == "postgresql://h/d"
