"""Signing in at an identity provider, as the environment names it. Values only; allauth talks to it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

from deskwright.config.env import Environment

PROVIDER: Final = "sso"
SPEAKS_SAML: Final = find_spec("onelogin") is not None
"""Whether the package is installed that SAML takes (`deskwright[saml]`)."""


def providers(known: Environment) -> dict[str, Any]:
    """The OpenID Connect provider in allauth's words; none without OIDC_SERVER."""
    if not known.oidc_server:
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": known.oidc_name,
        "client_id": known.oidc_client_id,
        "secret": known.oidc_client_secret,
        "settings": {"server_url": known.oidc_server, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
