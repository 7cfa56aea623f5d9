"""What a worker says to whoever waits for it."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_REPLIES: dict[str, tuple[str, str]] = {
    "reply_account_reachable": ("The account answered.", "帳戶連線成功。"),
    "reply_certificate_ends": (
        "The account answered. Its certificate ends on {until}: get a new one from SinoPac.",
        "帳戶連線成功。憑證將於 {until} 到期：請向永豐金證券申請新的憑證。",
    ),
    "reply_auth": ("The venue refuses these credentials.", "交易所拒絕這組憑證。"),
    "reply_invalid_options": (
        "The account's options or credentials are not of this broker's kind.",
        "帳戶的選項或憑證不符合這家券商的格式。",
    ),
    "reply_venue_account_changed": (
        "The key is another venue account's, while orders or positions of the one before are open.",
        "金鑰屬於另一個交易所帳戶，而原帳戶仍有未結委託或部位。",
    ),
    "reply_unknown_symbol": ("The venue does not trade this.", "交易所沒有這個商品。"),
    "reply_instruments_found": ("This is what the venue trades.", "以下是交易所的商品。"),
    "reply_unsupported": ("This version cannot trade there.", "此版本無法在該處交易。"),
    "reply_broker_unavailable": (
        "The venue gave no usable answer; try again in a moment.",
        "交易所沒有給出可用的回應；請稍後再試。",
    ),
    "reply_certificate_expired": (
        "The account's certificate has ended; enter a new one.",
        "帳戶的憑證已到期；請輸入新的憑證。",
    ),
    "reply_session_taken": (
        "Another program uses this account and pushes the session out; close it.",
        "另一個程式正在使用這個帳戶並擠掉連線；請將它關閉。",
    ),
    "reply_rate_limited": (
        "The venue allows no more for a moment; it is tried again by itself.",
        "交易所暫時不接受更多請求；系統會自動再試。",
    ),
    "reply_maintenance": (
        "The venue is closed for maintenance; try again after it.",
        "交易所維護中；請於維護結束後再試。",
    ),
    "reply_not_found": ("There is no such thing of yours.", "您沒有這個項目。"),
    "reply_no_answer": (
        "No worker answered in time; try again in a moment.",
        "沒有工作程序及時回應；請稍後再試。",
    ),
    "reply_cancelled": ("The venue took the order back.", "交易所已撤回這筆委託。"),
    "reply_already_final": ("The order was over already.", "這筆委託已經結束。"),
    "reply_cancel_refused": ("The venue refused to cancel.", "交易所拒絕取消。"),
    "reply_cancel_pending": (
        "Whether the order is cancelled is not known yet; it is asked for again.",
        "尚不確定委託是否已取消；系統會再次提出取消。",
    ),
    "reply_verified": (
        "The venue was asked, and this is what it shows.",
        "已向交易所查詢，結果如下。",
    ),
    "reply_unavailable": (
        "The record is away; try again in a moment.",
        "資料庫暫時無法使用；請稍後再試。",
    ),
}
