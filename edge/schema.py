"""The OpenAPI description, with the raw webhook routes and the errors written in by hand."""

from __future__ import annotations

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme


def schema_config() -> OpenAPIConfig:
    """Return the description's settings: JSON only, as the pages for it load foreign scripts."""
    return OpenAPIConfig(
        title="4pass",
        version="0.1.0",
        path="/schema",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An API key: `fp_` and 256 random bits.",
                )
            }
        ),
    )
