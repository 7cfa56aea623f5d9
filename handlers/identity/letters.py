"""What the mails say, in the reader's language."""

from __future__ import annotations

from handlers.mail.base import Mail

LOCALES = ("en", "zh-TW")

_VERIFY_EN = """\
Somebody, hopefully you, signed up for 4pass with this address.

Confirm it within 30 minutes:

  {link}

If it was not you, do nothing: no account is made.
"""
_KNOWN_EN = """\
Somebody, hopefully you, signed up for 4pass with this address. You have an account
already: sign in, or set a new password:

  {link}

If it was not you, do nothing.
"""
_RESET_EN = """\
Set a new password within 30 minutes:

  {link}

It ends every session, and live accounts stay disabled until you enable them again.
If you did not ask for this, do nothing: your password stays as it is.
"""
_CHANGED_EN = """\
Your password was changed, and every session ended.

If it was not you, set a new one at once:

  {link}
"""
_VERIFY_ZH = """\
有人(希望是您本人)以此地址註冊了 4pass。

請在 30 分鐘內確認:

  {link}

若非您本人, 請勿理會: 帳號不會建立。
"""
_KNOWN_ZH = """\
有人(希望是您本人)以此地址註冊 4pass, 但您已有帳號: 請直接登入, 或重設密碼:

  {link}

若非您本人, 請勿理會。
"""
_RESET_ZH = """\
請在 30 分鐘內設定新密碼:

  {link}

所有登入都會結束, 實盤帳戶會停用, 直到您再次啟用。
若非您本人要求, 請勿理會: 密碼不會改變。
"""
_CHANGED_ZH = """\
您的密碼已變更, 所有登入均已結束。

若非您本人, 請立即重設:

  {link}
"""
_WORDS = {
    "en": {
        "verify": ("Confirm your address for 4pass", _VERIFY_EN),
        "known": ("You have a 4pass account already", _KNOWN_EN),
        "reset": ("Set a new password for 4pass", _RESET_EN),
        "changed": ("Your 4pass password was changed", _CHANGED_EN),
    },
    "zh-TW": {
        "verify": ("請確認您的 4pass 電子郵件地址", _VERIFY_ZH),
        "known": ("您已有 4pass 帳號", _KNOWN_ZH),
        "reset": ("重設您的 4pass 密碼", _RESET_ZH),
        "changed": ("您的 4pass 密碼已變更", _CHANGED_ZH),
    },
}


def verify_letter(to: str, locale: str, *, public_url: str, token: str) -> Mail:
    """Write to somebody who wants to be a user."""
    return _letter("verify", to, locale, f"{public_url}/verify?token={token}")


def known_letter(to: str, locale: str, *, public_url: str) -> Mail:
    """Write to a user whose address somebody signed up with."""
    return _letter("known", to, locale, f"{public_url}/forgot")


def reset_letter(to: str, locale: str, *, public_url: str, token: str) -> Mail:
    """Write to a user who forgot the password."""
    return _letter("reset", to, locale, f"{public_url}/reset?token={token}")


def changed_letter(to: str, locale: str, *, public_url: str) -> Mail:
    """Write to a user whose password was changed."""
    return _letter("changed", to, locale, f"{public_url}/forgot")


def _letter(kind: str, to: str, locale: str, link: str) -> Mail:
    subject, text = _WORDS[locale if locale in _WORDS else "en"][kind]
    return Mail(to=to, subject=subject, text=text.format(link=link))
