"""Settings of test instances."""

from pathlib import Path

from inser_events.config import Settings


def settings_for(folder: Path, **values: object) -> Settings:
    """Settings of a test instance in *folder*."""
    return Settings(
        **{
            "instance": folder,
            "database_url": f"sqlite:///{folder / 'inser.db'}",
            "redis_url": "",
            "secret_key": "a secret for tests, long enough to be used",
            "base_url": "https://events.example.org",
            "smtp_url": "",
            "mail_from": "INSER events <events@example.org>",
            "testing": True,
            **values,
        }  # type: ignore[arg-type] # the values' types are those of Settings
    )
