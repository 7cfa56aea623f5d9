"""Gate: spot and USDT perpetuals of one account, hand-signed over HTTP.

Words and numbers are those of Gate's API v4 (https://www.gate.com/docs/developers/apiv4/en/).
"""
