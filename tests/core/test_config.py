import stat
from pathlib import Path

import pytest

from core.config import ConfigError, read


def test_the_defaults_make_folder_and_key_once(tmp_path: Path) -> None:
    environ = {"DATELINE_DATA": str(tmp_path / "new" / "data")}
    config = read(environ)
    assert config.database_url == f"sqlite:///{tmp_path}/new/data/dateline.db"
    assert config.url == "http://127.0.0.1:8000"
    key = tmp_path / "new" / "data" / "secret.key"
    assert len(config.secret_key) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert read(environ).secret_key == config.secret_key


def test_postgres_is_named_as_hosters_do(tmp_path: Path) -> None:
    environ = {"DATELINE_DATA": str(tmp_path), "DATABASE_URL": "postgres://u:p@db/x"}
    assert read(environ).database_url == "postgresql+psycopg://u:p@db/x"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATELINE_DATABASE", "x", "DATELINE_DATABASE is not a setting of Dateline"),
        ("DATELINE_PORT", "80a", "DATELINE_PORT is '80a'; it must be a whole number from 1 to 65535."),
        ("DATELINE_PORT", "70000", "from 1 to 65535"),
        ("DATELINE_PORT", "٣", "from 1 to 65535"),
        ("DATELINE_URL", "papers.example.org", "must look like https://papers.example.org"),
        ("DATELINE_URL", "https://example.org/dateline", "must look like https://papers.example.org"),
        ("DATELINE_SMTP", "mail.example.org", "DATELINE_SMTP must look like"),
        ("DATELINE_SMTP", "smtp://mail.example.org:0", "DATELINE_SMTP must look like"),
        ("DATELINE_SMTP", "smtp://mail.example.org:99999", "DATELINE_SMTP must look like"),
        ("DATELINE_MAIL_FROM", "Dateline <d@example.org>", "must be a bare address"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with"),
        ("DATELINE_REHEARSAL", "yes", "from 0 to 1"),
        ("DATELINE_LOG", "xml", "DATELINE_LOG is 'xml'; it must be json or text."),
        ("DATELINE_METRICS_TOKEN", "short", "must have 16 to 200 characters"),
        ("DATELINE_SECURITY_CONTACT", "http://example.org", "DATELINE_SECURITY_CONTACT: "),
    ],
)
def test_a_wrong_value_is_a_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read({"DATELINE_DATA": str(tmp_path), name: value})
    assert sentence in str(caught.value)


def test_smtp_needs_a_sender(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DATELINE_MAIL_FROM must name the sender"):
        read({"DATELINE_DATA": str(tmp_path), "DATELINE_SMTP": "smtp://mail.example.org:25"})
