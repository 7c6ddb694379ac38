"""WeChat: where one scans and agrees, and where a site asks who it was."""

from simulator.wechat.pages import pages

__all__ = ["pages"]
