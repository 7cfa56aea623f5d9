"""SinoPac's words for what went wrong, as the house's reasons. Pure.

Sources: Sinotrade/Shioaji `references/ERROR_CODES.md` (v1.7.0) for exceptions and `status.msg`;
its advice is to go by the words, since the codes differ from system to system.
"""

from __future__ import annotations

from enum import StrEnum

from broker_adapters.base import Reason


class Trouble(StrEnum):
    """What an exception of the SDK means for the session and for the call."""

    KEY = "key"  # the key is refused: do not try again
    TOKEN = "token"  # noqa: S105 - it is gone: sign in again
    SUSPENDED = "suspended"  # asked too much: wait at least a minute
    MAINTENANCE = "maintenance"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE = "certificate"
    PERMISSION = "permission"
    REFUSED = "refused"  # before it was executed
    LOST = "lost"  # nobody knows whether it was executed
    UNSENT = "unsent"  # it never left the SDK


# Refused and Failed, and yet the order may exist: never taken for a refusal.
UNCERTAIN = ("請再確認委託狀態", "請稍後再查", "處理中", "STS Request Timeout", "may or may not")
_SUSPENDED = ("操作異常", "Too Many Connections", "已達到最多連線", "登入人數滿載")
_MAINTENANCE = ("維護", "maintenance", "update the version")
_KEY = (
    *("not exist", "not match signature", "is expired.", "not allow.", "Incorrect userid"),
    *("production permission", "密碼錯誤", "doesn't have permission"),
)
_BY_NAME = {
    "CaExpiredError": Trouble.CERTIFICATE_EXPIRED,
    "CaError": Trouble.CERTIFICATE,
    "AccountNotSignError": Trouble.PERMISSION,
    "ShioajiPermissionError": Trouble.PERMISSION,
    "BadRequestError": Trouble.REFUSED,
    "ValidationError": Trouble.REFUSED,
    "ShioajiValueError": Trouble.REFUSED,
    "ShioajiTypeError": Trouble.REFUSED,
}
# 406 and 417 are said before the order reaches the trading system.
_REFUSED_CODES = ("StatusCode: 400", "StatusCode: 406", "StatusCode: 417", "StatusCode: 422")
_WORDS: tuple[tuple[Reason, tuple[str, ...]], ...] = (
    (Reason.CERTIFICATE_EXPIRED, ("憑證過期", "憑證已過期")),
    (Reason.PERMISSION, ("憑證", "Ca is empty", "Please sign", "Account Not Acceptable",
                         "無法使用API", "風險條件", "帳號不存在")),
    (Reason.MARKET_CLOSED, ("非委託時間", "非預約下單時間", "委託預約單時間", "非交易時間",
                            "暫停接受委託", "暫停交易", "集合競價時段")),
    (Reason.PRICE_BAND, ("漲跌幅", "漲跌停", "Order price error")),
    (Reason.POSITION_RULE, ("餘股數不足", "庫存不足", "未平倉", "該商品非當沖")),
    (Reason.INSUFFICIENT_FUNDS, ("圈存失敗", "餘額不足", "保證金不足", "委託金額上限",
                                 "委託口數上限", "額度不足")),
    (Reason.INVALID_INSTRUMENT, ("無此商品", "商品代碼")),
    (Reason.PRECISION_OR_SIZE, ("檔數錯誤", "價格錯誤", "委託數量")),
    (Reason.NOT_FILLABLE, ("無對手方",)),
    (Reason.RATE_LIMITED, _SUSPENDED),
    (Reason.NOT_FOUND, ("無原委託內容", "對應不到原序號", "not found in cache")),
)  # fmt: skip
_CODES = {"48": Reason.NOT_FILLABLE, "9938": Reason.INVALID_REQUEST}


def reason_of(code: str, message: str) -> Reason:
    """Return why an order was refused, by its words first; unknown words are still a refusal."""
    for reason, words in _WORDS:
        if any(word in message for word in words):
            return reason
    return _CODES.get(code, Reason.INVALID_REQUEST)


def is_uncertain(message: str) -> bool:
    """Tell whether a refusal says itself that the order may exist."""
    return any(word in message for word in UNCERTAIN)


def trouble_of(error: BaseException) -> Trouble:
    """Return what an exception of the SDK means for a call that was made."""
    text, names = str(error), [each.__name__ for each in type(error).__mro__]
    if "AuthError" in names:
        return _of_token(text, names)
    if is_uncertain(text):
        return Trouble.LOST
    if any(word in text for word in _SUSPENDED):
        return Trouble.SUSPENDED
    if "SystemMaintenance" in names:
        is_said = any(each in text for each in _MAINTENANCE)
        return Trouble.MAINTENANCE if is_said else Trouble.LOST
    named = next((_BY_NAME[name] for name in names if name in _BY_NAME), None)
    if named is None and any(code in text for code in _REFUSED_CODES):
        named = Trouble.REFUSED
    if named is Trouble.REFUSED and any(word in text for word in _KEY):
        return Trouble.KEY
    return named or Trouble.LOST


def _of_token(text: str, names: list[str]) -> Trouble:
    if any(word in text for word in _KEY):
        return Trouble.KEY
    return Trouble.TOKEN if "TokenError" in names else Trouble.UNSENT
