"""WeChat: bound and unbound at the account, and what opens on the phone that scans."""
