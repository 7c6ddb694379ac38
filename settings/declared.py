"""The declarations: for each setting its default, its kind, and what it decides."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import URL

from settings import setting_fields
from translations import lazy_gettext

HERE = Path(__file__).resolve().parents[1]
REGISTERS = {
    "identity": lazy_gettext("实名核验, whether a name and a document belong together"),
    "exams": lazy_gettext("教师资格考试合格证明, certificates of the national examination"),
    "normal_students": lazy_gettext("师范生教师职业能力证书, certificates of normal students"),
    "putonghua": lazy_gettext("普通话证书, certificates of Putonghua"),
    "enrolments": lazy_gettext("学籍, who studies where"),
    "diplomas": lazy_gettext("学历证书, diplomas"),
    "degrees": lazy_gettext("学位证书, degrees"),
    "offences": lazy_gettext("教职员工准入查询, sexual and violent offences"),
    "criminal_records": lazy_gettext("无犯罪记录, criminal records"),
    "restrictions": lazy_gettext("教师资格限制库, who may not apply"),
    "certificate_history": lazy_gettext("教师资格证书库, certificates since 2008"),
}
CHANNELS = {
    "sms": lazy_gettext("短信, the SMS gateway"),
    "mail": lazy_gettext("电子邮件, the mail gateway"),
    "wechat": lazy_gettext("微信, who agreed in WeChat; the key is the secret of the service account"),
}


def declare_setting(default: Any, kind: setting_fields.SettingField, meaning: str, *, shown: str = "") -> Any:
    """A declaration; `shown` stands in the table where the default is not what an operator would write."""
    return field(default=default, metadata={"kind": kind, "meaning": meaning, "shown": shown})


def _declare_address() -> Any:
    return field(
        default="",
        metadata={"kind": setting_fields.text_field(setting_fields.check_web_address), "outside": True},
    )


def _declare_key() -> Any:
    return field(
        default="",
        repr=False,
        metadata={"kind": setting_fields.text_field(setting_fields.check_no_blank), "outside": True},
    )


@dataclass(frozen=True, kw_only=True)
class ServiceAddress:
    """The way to one register or channel."""

    base_url: str
    key: str = field(repr=False)
    timeout: float  # seconds


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator decides. Development is the default; production says so itself."""

    mode: str = declare_setting(
        "development",
        setting_fields.choice_field("development", "production"),
        "`production` refuses sample accounts, the test clock, diagrams with unregistered forms, and settings"
        " that are not fit for it",
    )
    database_url: str = declare_setting(
        "",
        setting_fields.text_field(setting_fields.check_database),
        "`postgresql+psycopg://user@host/name` in a fleet",
        shown="SQLite under the instance folder",
    )
    instance_path: str = declare_setting(
        str(HERE / "instance"),
        setting_fields.text_field(setting_fields.check_folder),
        "folder of the SQLite database and of the development secret, closed to other users of the machine",
        shown="`instance/`",
    )
    secret_key: str = declare_setting(
        "",
        setting_fields.text_field(setting_fields.check_secret),
        "at least 32 random characters, the same in every process: `python3 -c 'import secrets;"
        " print(secrets.token_urlsafe(48))'`",
        shown="made once in development",
    )
    public_url: str = declare_setting(
        "http://127.0.0.1:8000",
        setting_fields.text_field(setting_fields.check_site_address),
        "how people reach the site, also in messages and codes on paper; only its host is answered;"
        " `https:` in production",
    )
    proxies: int = declare_setting(
        0,
        setting_fields.integer_field(0, 10),
        "how many balancers stand in front; their `X-Forwarded-…` headers are then believed",
    )
    storage_url: str = declare_setting(
        "",
        setting_fields.text_field(setting_fields.check_storage),
        "where uploaded and generated files are kept: a folder, or `s3://bucket/folder?endpoint=…&region=…`",
        shown="a folder under the instance folder",
    )
    limits_url: str = declare_setting(
        "database://",
        setting_fields.text_field(setting_fields.check_limits),
        "where tries are counted: in the database, or `redis://host/0`; `memory://` is for one process",
    )
    codes_per_hour: int = declare_setting(
        3000,
        setting_fields.integer_field(1, 1_000_000),
        "SMS codes of the whole site in an hour; beyond it everybody who asks for one is asked for a"
        " challenge first, beyond four times as many only people who are known get one",
    )
    session_hours: int = declare_setting(
        8,
        setting_fields.integer_field(1, 24),
        "hours after which a person signs in again, however active they are (1 to 24)",
    )
    idle_minutes: int = declare_setting(
        30,
        setting_fields.integer_field(5, 240),
        "minutes without a request after which a person signs in again; what they typed is kept (5 to 240)",
    )
    claim_minutes: int = declare_setting(
        30,
        setting_fields.integer_field(1, 1440),
        "minutes that a claimed task stays with an idle person (1 to 1440)",
    )
    draft_limit: str = declare_setting(
        "PT2H",
        setting_fields.text_field(
            setting_fields.build_duration_check(timedelta(minutes=10), timedelta(days=7))
        ),
        "how long an unfinished application stays open (ISO 8601, `PT10M` to `P7D`)",
    )
    operator_email: str = declare_setting(
        "",
        setting_fields.text_field(setting_fields.check_mail_address),
        "who gets a mail of incidents, besides the people with the post `admin`; at most one an hour",
        shown="nobody",
    )
    registers_timeout: float = declare_setting(
        5.0,
        setting_fields.decimal_field(0.1, 60),
        "seconds before a register counts as unavailable (0.1 to 60)",
    )
    wechat_app: str = declare_setting(
        "zige",
        setting_fields.text_field(setting_fields.check_no_blank),
        "the AppID of the WeChat service account to which people bind theirs",
    )
    wechat_pages_url: str = declare_setting(
        "",
        setting_fields.text_field(setting_fields.check_web_address),
        "where WeChat asks people whether they agree",
        shown="`https://open.weixin.qq.com`; the simulator in development",
    )
    test_clock: bool = declare_setting(
        True,
        setting_fields.boolean_field(),
        "whether time may be moved forward; never in production",
        shown="`1` in development",
    )
    fonts: str = declare_setting(
        str(HERE / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"),
        setting_fields.text_field(setting_fields.check_folder),
        "folder with the typefaces of PDFs",
        shown="fonts from the npm package",
    )
    rare_fonts: str = declare_setting(
        "/usr/share/fonts/truetype/hanazono:/usr/share/fonts/truetype/babelstone-han",
        setting_fields.text_field(setting_fields.check_folders),
        "folders with typefaces for rare characters of names, `:` between them, used where they exist:"
        " `sudo apt-get install fonts-hanazono`",
    )
    simulator_url: str = declare_setting(
        "http://127.0.0.1:8001",
        setting_fields.text_field(setting_fields.check_web_address),
        "the bundled simulator, which plays every register and channel that has no address of its own in"
        " development; left out in production",
    )
    simulator_key: str = declare_setting(
        "simulator",
        setting_fields.text_field(setting_fields.check_no_blank),
        "the key that the simulator asks for",
    )

    identity_url: str = _declare_address()
    identity_key: str = _declare_key()
    exams_url: str = _declare_address()
    exams_key: str = _declare_key()
    normal_students_url: str = _declare_address()
    normal_students_key: str = _declare_key()
    putonghua_url: str = _declare_address()
    putonghua_key: str = _declare_key()
    enrolments_url: str = _declare_address()
    enrolments_key: str = _declare_key()
    diplomas_url: str = _declare_address()
    diplomas_key: str = _declare_key()
    degrees_url: str = _declare_address()
    degrees_key: str = _declare_key()
    offences_url: str = _declare_address()
    offences_key: str = _declare_key()
    criminal_records_url: str = _declare_address()
    criminal_records_key: str = _declare_key()
    restrictions_url: str = _declare_address()
    restrictions_key: str = _declare_key()
    certificate_history_url: str = _declare_address()
    certificate_history_key: str = _declare_key()
    sms_url: str = _declare_address()
    sms_key: str = _declare_key()
    mail_url: str = _declare_address()
    mail_key: str = _declare_key()
    wechat_url: str = _declare_address()
    wechat_key: str = _declare_key()

    @property
    def production(self) -> bool:
        """Whether sample accounts, inbox and test clock are refused."""
        return self.mode == "production"

    @property
    def secure(self) -> bool:
        """Whether people reach the site over TLS."""
        return self.public_url.startswith("https:")

    @property
    def trusted_hosts(self) -> list[str]:
        """The hosts that a request may name."""
        own = urlsplit(self.public_url).hostname or ""
        return [own] if self.production else [own, "localhost", "127.0.0.1"]

    def line(self, name: str) -> ServiceAddress:
        """The way to a register or channel: its own, or the simulator where it has none."""
        url, key = (getattr(self, f"{name}_{part}") for part in ("url", "key"))
        return ServiceAddress(
            base_url=url or self.simulator_url, key=key or self.simulator_key, timeout=self.registers_timeout
        )

    @property
    def wechat_pages(self) -> str:
        """Where WeChat asks people whether they agree."""
        own = "https://open.weixin.qq.com" if self.production else self.simulator_url
        return self.wechat_pages_url or own

    def _default_database(self) -> str:
        """The file in the instance folder, whatever the folder is called."""
        file = URL.create("sqlite", database=f"{self.instance_path}/zige.db")
        return file.render_as_string(hide_password=False)

    def flask_config(self) -> dict[str, Any]:
        """The settings under the names that Flask and its extensions read, and ours in capitals."""
        outside = {one.name for one in fields(self) if "outside" in one.metadata}
        ours = {name.upper(): value for name, value in asdict(self).items() if name not in outside}
        on_server = self.database_url.startswith("postgresql")
        # A browser takes a cookie of this prefix only over TLS, for this host alone and for all of its paths.
        prefix = "__Host-" if self.secure else ""
        return ours | {
            "PRODUCTION": self.production,
            "SECURE": self.secure,
            "TRUSTED_HOSTS": self.trusted_hosts,
            "COOKIE_PREFIX": prefix,
            "SQLALCHEMY_DATABASE_URI": self.database_url or self._default_database(),
            # reading alone, PostgreSQL has no transaction that could be rolled back
            "SQLALCHEMY_ENGINE_OPTIONS": {"skip_autocommit_rollback": True} if on_server else {},
            "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
            "SESSION_COOKIE_NAME": f"{prefix}zige_session",
            "SESSION_COOKIE_PATH": "/",
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SECURE": self.secure,
            "WTF_CSRF_TIME_LIMIT": None,
            "API_TITLE": "Zige",
            "API_VERSION": "v1",
            "OPENAPI_VERSION": "3.1.0",
            "OPENAPI_URL_PREFIX": "/api/v1",
            "OPENAPI_JSON_PATH": "openapi.json",
        }
