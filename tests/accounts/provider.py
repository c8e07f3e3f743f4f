"""A small OpenID Connect provider on a free port: a real server with real signatures, which misbehaves when told."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "inser", "a secret between the two"


@dataclass
class Provider:
    """Who signs in there, what it claims, and what it was asked."""

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    """Override or add claims of the id_token; None takes one away."""
    says_issuer: str = ""
    """Another issuer in the description than the true one."""
    other_key: bool = False
    """Sign with a key that is not published."""
    algorithm: str = "RS256"
    without_id_token: bool = False
    refuses: str = ""
    """Come back with this error instead of a code."""
    asked: dict[str, str] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)


KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


def application(provider: Provider) -> Flask:
    """The provider's pages: discovery, keys, authorization, token."""
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def description() -> ResponseReturnValue:
        base = provider.issuer
        return jsonify(
            issuer=provider.says_issuer or base,
            authorization_endpoint=f"{base}/authorize",
            token_endpoint=f"{base}/token",
            jwks_uri=f"{base}/keys",
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
            response_types_supported=["code"],
        )

    @app.get("/keys")
    def keys() -> ResponseReturnValue:
        return jsonify(keys=[KEY.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> ResponseReturnValue:
        asked = request.args.to_dict()
        provider.asked = asked
        if provider.refuses:
            answer = {"error": provider.refuses, "error_description": "<b>no</b>", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe()
            provider._codes[code] = asked
            answer = {"code": code, "state": asked["state"]}
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")

    @app.post("/token")
    def token() -> ResponseReturnValue:
        asked = provider._codes.pop(request.form["code"], None)
        given = request.authorization
        known = given is not None and (given.username, given.password) == (CLIENT_ID, CLIENT_SECRET)
        if asked is None or not known or not proves(asked, request.form["code_verifier"]):
            return jsonify(error="invalid_grant"), 400
        if request.form["redirect_uri"] != asked["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        answer = {"access_token": "a", "token_type": "Bearer", "expires_in": 60}
        return jsonify(answer if provider.without_id_token else {**answer, "id_token": id_token(provider, asked)})

    return app


def proves(asked: dict[str, str], verifier: str) -> bool:
    """RFC 7636 section 4.6."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return asked.get("code_challenge_method") == "S256" and asked.get("code_challenge") == digest


def id_token(provider: Provider, asked: dict[str, str]) -> str:
    """What the provider says of the person, signed."""
    moment = int(time.time())
    claims = {
        "iss": provider.issuer,
        "sub": "1",
        "aud": CLIENT_ID,
        "iat": moment,
        "exp": moment + 60,
        "nonce": asked["nonce"],
        "email": "amina@example.org",
        "email_verified": True,
        **provider.claims,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    if provider.algorithm == "none":
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)]
        return ".".join(part.rstrip(b"=").decode() for part in parts) + "."
    key = OTHER_KEY if provider.other_key else KEY
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


@contextmanager
def running() -> Iterator[Provider]:
    """Serve a provider on a free port."""
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.app = application(provider)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
