"""E-mail over SMTP."""

from __future__ import annotations

import smtplib
from email.errors import HeaderParseError
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage

from messaging.models import OutboxRow
from messaging.outbox import Contact
from messaging.senders.errors import Never, NotSent, TryLater


def send(row: OutboxRow, contact: Contact) -> None:
    if not settings.EMAIL_HOST:
        raise Never("没有配置邮件服务器（EMAIL_HOST）。")
    if not contact.email:
        raise Never("收件人没有填写邮箱。")
    try:
        _mail(row, contact.email).send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=450)
        raise _refused(code, "邮件服务器说没有这个邮箱，或者不收它的邮件") from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, "邮件服务器拒收这封邮件") from error
    except smtplib.SMTPAuthenticationError as error:
        raise TryLater(f"邮件服务器不认用户名或密码（{error.smtp_code}），请管理员检查邮件设置。") from error
    except smtplib.SMTPResponseException as error:
        raise TryLater(f"邮件服务器暂时不收（{error.smtp_code}）。") from error
    except smtplib.SMTPNotSupportedError as error:
        raise Never("邮件服务器不支持这个邮箱地址的写法。") from error
    except (HeaderParseError, ValueError) as error:  # UnicodeError and BadHeaderError are ValueErrors
        raise Never("邮箱地址的格式不对。") from error
    except TimeoutError as error:
        raise TryLater("邮件服务器没有及时应答。") from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater("连不上邮件服务器，或连接中断。") from error


def _mail(row: OutboxRow, address: str) -> EmailMessage:
    body = row.body + (f"\n\n{urljoin(settings.SITE_URL, row.link)}" if row.link else "")
    return EmailMessage(subject=" ".join(row.subject.split()), body=body, to=[address])


def _refused(code: int, words: str) -> NotSent:
    """4xx is a matter of time, 5xx is not (RFC 5321, 4.2.1)."""
    return Never(f"{words}（{code}）。") if code >= 500 else TryLater(f"邮件服务器暂时不收（{code}）。")


def state() -> tuple[bool, str]:
    """Whether it is set up, and how, without any secret."""
    return (True, "已配置邮件服务器") if settings.EMAIL_HOST else (False, "没有配置邮件服务器（EMAIL_HOST）")
