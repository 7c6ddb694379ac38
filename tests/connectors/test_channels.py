"""SMS and mail arrive in the inbox, each once."""

from __future__ import annotations

from connectors.channels import Mail, OutgoingMail, Sms


def test_an_sms_arrives_once_a_key(reach, simulator):
    for _ in range(2):
        reach(Sms).send("13805700126", "验证码 102938，10 分钟内有效。", key="code-1")
    reach(Sms).send("13805700126", "验证码 475612，10 分钟内有效。", key="code-2")
    texts = [message["text"] for message in simulator.messages(channel="sms", to="13805700126")]
    assert texts == ["验证码 475612，10 分钟内有效。", "验证码 102938，10 分钟内有效。"]


def test_a_mail_keeps_subject_text_and_attachments(reach, simulator):
    letter = OutgoingMail(
        to="a@mail.example", subject="受理通知", text="已受理。", attachments=("受理凭证.pdf",)
    )
    receipt = reach(Mail).send(letter, key="notice-1")
    assert receipt.evidence.request_id == "notice-1"
    (message,) = simulator.messages(channel="mail")
    assert (message["recipient"], message["subject"], message["text"]) == (
        "a@mail.example",
        "受理通知",
        "已受理。",
    )
    assert message["attachments"] == ["受理凭证.pdf"]
    assert simulator.messages(channel="sms") == []
