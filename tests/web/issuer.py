"""An identity provider on the loopback: OpenID Connect's four addresses, tokens signed with a key of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "desk", "the provider knows this"
FAR = 4102444800
"""When tokens end: with the century."""


@dataclass
class Issuer:
    """`person` is who signs in next: their claims. `seen` are the paths that were asked for, `more` what it says of
    itself beyond what is so.
    """

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **self.more,
        }

    def authorise(self, asked: dict[str, str]) -> str:
        """The person said yes: the address their browser is sent back to."""
        assert asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        code = f"code-{len(self.begun)}"
        self.begun[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The tokens for a code, once, for who knows the secret and began it (PKCE)."""
        begun = self.begun.pop(said.get("code", ""), None)
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if said.get("client_secret") != SECRET:
            return 401, {"error": "invalid_client"}
        if begun is None or proof != begun["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        claims = {"iss": self.url, "aud": CLIENT, "exp": FAR, **self.person}
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})
        return 200, {"access_token": "for userinfo", "token_type": "Bearer", "expires_in": 60, "id_token": signed}


def answering(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            issuer.seen.append(asked.path)
            if asked.path == "/authorize":
                back = issuer.authorise({name: values[0] for name, values in parse_qs(asked.query).items()})
                self.send_response(302)
                self.send_header("Location", back)
                self.end_headers()
                return
            public = jwt.algorithms.RSAAlgorithm.to_jwk(issuer.key.public_key(), as_dict=True)
            answers = {
                "/.well-known/openid-configuration": issuer.configuration(),
                "/keys": {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]},
                "/userinfo": issuer.person,
            }
            known = asked.path in answers
            self.tell(200 if known else 404, answers.get(asked.path, {}))

        def do_POST(self) -> None:
            said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            issuer.seen.append(self.path)
            self.tell(*issuer.token({name: values[0] for name, values in said.items()}))

        def tell(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            pass

    return Answering


@contextmanager
def running() -> Iterator[Issuer]:
    issuer = Issuer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering(issuer))
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
