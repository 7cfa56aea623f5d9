"""What is said of a body as a whole: no text, no JSON, no command that is known."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_BODIES: dict[str, tuple[str, str]] = {
    "body_too_large": (
        "The body has {bytes} bytes; {most} are taken.",
        "內容有 {bytes} 個位元組；最多接受 {most} 個。",
    ),
    "few_hundred_bytes": (
        "An alert needs a few hundred bytes.",
        "一則快訊通常只需要幾百個位元組。",
    ),
    "not_utf8": ("The body is no UTF-8 text.", "內容不是 UTF-8 文字。"),
    "send_utf8": ("Send it as UTF-8.", "請以 UTF-8 送出。"),
    "body_empty": ("The body is empty.", "內容是空的。"),
    "fill_in_message": ("Fill in the alert's message.", "請填寫快訊的「訊息」欄位。"),
    "too_many_commands": (
        "The array has {count} commands; {most} are taken.",
        "陣列裡有 {count} 個指令；最多接受 {most} 個。",
    ),
    "no_command": ("The array has no command in it.", "陣列裡沒有任何指令。"),
    "command_no_object": (
        "A command in the array is no object.",
        "陣列裡有一個指令不是物件。",
    ),
    "unrecognised_text": (
        "The body is neither JSON nor a command that is known here.",
        "內容不是 JSON，也不是這裡認得的指令。",
    ),
    "write_words": (
        "Write: buy BTCUSDT 0.5 - or send JSON with ticker, action and quantity.",
        "請寫成：buy BTCUSDT 0.5，或送出含 ticker、action 與 quantity 的 JSON。",
    ),
    "entries_run_on": (
        "One entry holds another: it cannot be told where each ends.",
        "有一個項目裡面又有另一個項目：無法分辨各項目在哪裡結束。",
    ),
    "end_entries": (
        "Each entry stands on a line of its own, or ends with a semicolon.",
        "每個項目要自成一行，或以分號結尾。",
    ),
    "behind_code": (
        "Behind the code stands more than a symbol.",
        "代碼後面不只有一個商品代號。",
    ),
    "write_code": ("Write: ENTER-LONG BTCUSDT.", "請寫成：ENTER-LONG BTCUSDT。"),
    "no_name_value": (
        "A part of the command is no name=value.",
        "指令中有一段不是「名稱=值」。",
    ),
    "pine_form": (
        "License,action,symbol,name=value,name=value",
        "格式：License,action,symbol,name=value,name=value",
    ),
    "parameter_twice": ("A parameter stands twice.", "有一個參數出現兩次。"),
    "marks_of_several": (
        "The body has the marks of {bridges}; which of them is meant cannot be known.",
        "內容同時有 {bridges} 的特徵；無法得知指的是哪一種。",
    ),
    "keep_one_bridge": ("Keep the fields of one of them.", "請只保留其中一種的欄位。"),
    "key_twice": (
        "A key stands twice; which one counts cannot be known.",
        "有一個鍵出現兩次；無法得知應以哪一個為準。",
    ),
    "key_twice_in_object": (
        "A key stands twice in the same object; which one counts cannot be known.",
        "同一個物件裡有一個鍵出現兩次；無法得知應以哪一個為準。",
    ),
    "keep_one_key": ("Keep one of the two.", "請只保留其中一個。"),
    "too_deep": (
        "Objects and arrays are nested more than {most} deep.",
        "物件與陣列的巢狀超過 {most} 層。",
    ),
    "fields_at_top": (
        "Put the fields at the top of the object.",
        "請把欄位放在物件的最上層。",
    ),
    # JSON that is none.
    "malformed_json": (
        "The body is no valid JSON: {reason}.",
        "內容不是有效的 JSON：{reason}。",
    ),
    "json_value": ("Expecting value", "這裡應該有一個值"),
    "json_name": (
        "Expecting property name enclosed in double quotes",
        "這裡應該是用雙引號括住的鍵",
    ),
    "json_colon": ("Expecting ':' delimiter", "這裡應該有冒號"),
    "json_comma": ("Expecting ',' delimiter", "這裡應該有逗號"),
    "json_unterminated": ("Unterminated string starting at", "從這裡開始的文字沒有結束的引號"),
    "json_control": ("Invalid control character at", "文字裡有控制字元"),
    "json_escape": ("Invalid \\escape", "反斜線的跳脫字元不正確"),
    "json_unicode": ("Invalid \\uXXXX escape", "\\uXXXX 跳脫字元不正確"),
    "json_extra": ("Extra data", "結束之後還有多餘的內容"),
    "json_trailing": ("Illegal trailing comma before end of it", "右括號前多了一個逗號"),
    "json_no_number": ("{word} is no JSON number", "{word} 不是 JSON 的數字"),
    "json_half": (
        "a \\u escape stands for half a character",
        "有一個 \\u 跳脫字元只代表半個字元",
    ),
    "remove_comma": (
        "Remove the comma before the closing bracket.",
        "請刪除右括號前的逗號。",
    ),
    "line_break": ("A line break inside a text is written \\n.", "文字裡的換行要寫成 \\n。"),
    "placeholder_in_json": (
        "A placeholder was not filled in; only a strategy's alert fills in strategy ones.",
        "有佔位符沒有代入值；strategy 佔位符只有在策略的快訊才會代入。",
    ),
    "double_quotes": (
        "JSON takes double quotes around keys and texts: \"ticker\", not 'ticker' or ticker.",
        "JSON 的鍵與文字要用雙引號：\"ticker\"，而不是 'ticker' 或 ticker。",
    ),
    "no_comments": ("JSON has no comments: remove them.", "JSON 沒有註解：請把註解刪除。"),
    "comma_or_escape": (
        "A comma is missing before this key, or a quote inside a text is not escaped.",
        "這個鍵的前面少了逗號，或文字裡的引號沒有跳脫。",
    ),
    "odd_space": (
        "A space here is none that JSON knows, as pasting from a page leaves them: type it anew.",
        "這裡的空格不是 JSON 認得的空格（從網頁貼上時常會這樣）：請重新輸入。",
    ),
    "use_colon": ("Between key and value stands a colon.", "鍵與值之間要用冒號。"),
    "one_object": (
        "One object only; several commands stand in an array: [{{…}},{{…}}].",
        "只能有一個物件；多個指令請放在陣列裡：[{{…}},{{…}}]。",
    ),
    "look_over": (
        "Paste the body into the alert builder, or check brackets, quotes and commas here.",
        "請把內容貼到快訊產生器，或檢查這裡的括號、引號與逗號。",
    ),
    # Placeholders that arrived as typed.
    "unresolved": ("A placeholder arrived as it was typed.", "佔位符沒有代入值，原樣送達。"),
    "where_filled": (
        (
            "Strategy placeholders are filled in only where the alert is set on a strategy; plots "
            "only where the indicator has them."
        ),
        "strategy 佔位符只有在快訊設定於策略時才會代入；plot 佔位符則要指標有該繪圖才會代入。",
    ),
}
