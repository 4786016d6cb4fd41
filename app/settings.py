"""What an operator sets: environment variables with the prefix `ROUNDABOUT_`, or the same in `.env`."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.kernel.ids import is_loopback, parse_id
from app.kernel.refusal import Refusal

_PREFIX = "ROUNDABOUT_"
_LOGIN = re.compile("://.*@")  # of a database: a password is not shown, however it was mistyped


class Settings(BaseSettings):
    """Every setting, with its default; a page of the docs explains each."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_file=".env", extra="ignore", frozen=True)

    url: str
    data_dir: Path = Path("var")
    database_url: str = ""
    loopback: bool = False
    secret_file: Path | None = None
    federation: Literal["open", "allowlist"] | None = None
    profile: Literal["open", "watched"] = "open"
    authorized_fetch: bool | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    workers: int = Field(default=1, ge=1, le=64)
    trusted_proxies: str = "127.0.0.1,::1"

    @field_validator("url")
    @classmethod
    def _plain_base(cls, url: str) -> str:
        base = url.rstrip("/")
        if isinstance(parse_id(base, loopback=True), Refusal) or urlsplit(base).path or "?" in base or "#" in base:
            raise ValueError("it must be an address such as https://commune.example, with nothing after the host")
        return base

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("it must begin with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _known_places(cls, proxies: str) -> str:
        for proxy in proxies.split(","):
            try:
                ip_network(proxy.strip())
            except ValueError:
                raise ValueError(
                    "it must be addresses or networks such as 172.16.0.0/12, with commas between"
                ) from None
        return proxies

    @model_validator(mode="after")
    def _loopback_is_for_loopback(self) -> "Settings":
        host = urlsplit(self.url).hostname or ""
        if self.loopback and not is_loopback(host):
            raise ValueError("LOOPBACK is for addresses of this machine only, and URL is not one")
        if self.url.startswith("http://") and not self.loopback and not host.endswith(".onion"):
            raise ValueError("URL must begin with https://; plain http needs LOOPBACK=1 and a loopback address")
        return self

    @property
    def database(self) -> str:
        """The database's address: as set, or a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'roundabout.db'}"

    @property
    def wants_signed_fetch(self) -> bool:
        """True if documents are for signed requests only: as set, or because the profile is `watched`."""
        return self.profile == "watched" if self.authorized_fetch is None else self.authorized_fetch

    @property
    def only_allowed(self) -> bool:
        """True if only allowed domains are talked to: as set, else in the `watched` profile."""
        return (self.federation or {"watched": "allowlist"}.get(self.profile)) == "allowlist"

    @property
    def secret(self) -> Path:
        """The file that holds the instance's secret: as set, or in the data folder."""
        return self.secret_file or self.data_dir / "secret"


def load_settings(**overrides: object) -> Settings | Refusal:
    """The settings of the environment and `.env`, or one sentence that names the bad one and its value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # values are validated by the model itself
    except ValidationError as bad:
        first = bad.errors()[0]
        loc = first["loc"] or ("url",)  # what was wrong with settings together was wrong with the address
        given = first["input"] if first["loc"] else first["input"].get("url")
        value = "" if first["type"] == "missing" else f" (now {_LOGIN.sub('://…@', str(given))!r})"
        what = "is not set" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
        return Refusal("setting.bad", f"{_PREFIX}{'_'.join(str(part) for part in loc).upper()}{value}: {what}")
