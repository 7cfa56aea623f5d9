"""SinoPac: stocks and futures of Taiwan over its SDK, which only `driver` and `session` see."""
