"""The cloud's entrypoints: each runs one of the house's handlers and nothing of its own."""

import gc
import os

# Nothing that a cold start makes is garbage; `_container` lets the collector in when it is open.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()
