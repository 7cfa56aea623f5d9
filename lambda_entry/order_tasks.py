"""Looks after orders at a venue until they are final: triggered by the queue order-tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_entry._serving import serve_batch

if TYPE_CHECKING:
    from lambda_entry._batch import Event, Response


def handler(event: Event, context: object) -> Response:
    """Handle a batch of SQS; the answer names what shall come back."""
    del context
    return serve_batch(event)
