"""SinoPac's words, each with its one reason."""

from __future__ import annotations

import pytest

from broker_adapters.base import Reason
from broker_adapters.shioaji.labels import Trouble, is_uncertain, reason_of, trouble_of


class ServerError(Exception):
    """As the SDK names it."""


class SystemMaintenance(Exception):  # noqa: N818 - the SDK's own name
    """As the SDK names it."""


class BadRequestError(Exception):
    """As the SDK names it."""


WORDS = {
    "非委託時間": Reason.MARKET_CLOSED,
    "非交易時間, 暫不開放, 請稍候再作業": Reason.MARKET_CLOSED,
    "價格超過漲跌幅範圍": Reason.PRICE_BAND,
    "Order price error.": Reason.PRICE_BAND,
    "圈存失敗": Reason.INSUFFICIENT_FUNDS,
    "超過當日委託金額上限": Reason.INSUFFICIENT_FUNDS,
    "集保賣出餘股數不足，餘股數 0 股": Reason.POSITION_RULE,  # noqa: RUF001 - as it is written
    "無此商品代碼": Reason.INVALID_INSTRUMENT,
    "價格檔數錯誤": Reason.PRECISION_OR_SIZE,
    "憑證驗章失敗": Reason.PERMISSION,
    "您的帳號目前無法使用API": Reason.PERMISSION,
    "Please sign 9A951234567 first.": Reason.PERMISSION,
    "交易條件值有錯": Reason.INVALID_REQUEST,
    "words of tomorrow": Reason.INVALID_REQUEST,
}


@pytest.mark.parametrize("words", WORDS)
def test_words_have_their_reason(words: str) -> None:
    assert reason_of("88", words) is WORDS[words]


@pytest.mark.parametrize(
    ("code", "reason"), [("48", Reason.NOT_FILLABLE), ("9938", Reason.INVALID_REQUEST)]
)
def test_codes_count_where_the_words_say_nothing(code: str, reason: Reason) -> None:
    assert reason_of(code, "") is reason


@pytest.mark.parametrize(
    "words", ["處理中, 請再確認委託狀態", "連線逾時,請再確認委託狀態", "忙線中, 請稍後再查"]
)
def test_failure_that_has_to_be_checked_is_none(words: str) -> None:
    assert is_uncertain(words)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (ServerError("StatusCode: 451, Detail: Too Many Connections."), Trouble.SUSPENDED),
        (ServerError("StatusCode: 408, Detail: STS Request Timeout"), Trouble.LOST),
        (ServerError("StatusCode: 500, Detail: STS Sending Error"), Trouble.LOST),
        (ServerError("StatusCode: 406, Detail: Order price error."), Trouble.REFUSED),
        (ServerError("StatusCode: 406, Detail: abc is expired."), Trouble.KEY),
        (SystemMaintenance("StatusCode: 503, Detail: STS Service Unavailable"), Trouble.LOST),
        (SystemMaintenance("StatusCode: 503, Detail: 系統維護"), Trouble.MAINTENANCE),
        (
            SystemMaintenance("StatusCode: 503, Detail: 操作異常，請1分鐘後再重新登入"),  # noqa: RUF001 - as it is written
            Trouble.SUSPENDED,
        ),
        (BadRequestError("StatusCode: 400, Detail: key: abc not exist."), Trouble.KEY),
    ],
)
def test_errors_are_told_apart_by_their_words(error: Exception, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble
