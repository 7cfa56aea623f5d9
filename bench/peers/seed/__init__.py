"""The seed design beside us, written anew from its description; no code of it is here.

FastAPI behind Gunicorn, a pydantic body, token, user and account looked up in PostgreSQL for every
alert, an order's row committed before the push, BLPOP in a worker of the user's own, the row again
before and after the broker's answer, a response key. `way` is what pushes and pops: redis-py, or
FastStream, which does the same work with the same commits.
"""
