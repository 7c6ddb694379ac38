"""SMS and mail: `send` takes a key, and the same key never sends twice. WeChat tells who agreed."""

from connectors.channels.sending import Mail, OutgoingMail, Receipt, Sms
from connectors.channels.wechat import WeChat, WeChatUser, build_authorise_address
from connectors.errors import (
    KeyTaken,
    MalformedAnswer,
    NoAnswer,
    OutsideError,
    Pending,
    RateLimited,
    Rejected,
    Resting,
    Unavailable,
)

__all__ = [
    "KeyTaken",
    "Mail",
    "MalformedAnswer",
    "NoAnswer",
    "OutgoingMail",
    "OutsideError",
    "Pending",
    "RateLimited",
    "Receipt",
    "Rejected",
    "Resting",
    "Sms",
    "Unavailable",
    "WeChat",
    "WeChatUser",
    "build_authorise_address",
]
