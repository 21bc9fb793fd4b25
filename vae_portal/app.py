"""Builds the web application: the only place where its parts meet."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from flask import Flask, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from jinja2 import PackageLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from vae_portal.actions.services import Services, from_settings
from vae_portal.settings import Settings, from_environment
from vae_portal.web import BLUEPRINTS, access, context, errors, headers, logs, navigation, presentation

_LARGEST_KEY = 2**63 - 1  # of a PostgreSQL bigint
_MOST_PARTS = 2000
_NO_LIMIT = 2**62


class StrictExceptOptional(StrictUndefined):
    """A name that the page was not given is a fault; a piece may ask whether an optional key of a mapping is there."""

    def __bool__(self) -> bool:  # type: ignore[override]
        if isinstance(self._undefined_obj, dict):
            return False
        return super().__bool__()


class KeyConverter(IntegerConverter):
    """A whole number that the database can hold: any other is an unknown page, not an error."""

    def to_python(self, value: str) -> int:
        """The number; one that is too large matches no page."""
        number: int = super().to_python(value)
        if number > _LARGEST_KEY:
            raise ValidationError
        return number


def create_app(services: Services | None = None) -> Flask:
    """The application, on the services given or on those that the environment names (SettingsRefused when wrong)."""
    services = services or from_settings(from_environment())
    app = Flask("vae_portal.web", static_folder="static", template_folder=None)
    app.config.from_mapping(_configuration(services.settings))
    app.jinja_options = {
        "undefined": StrictExceptOptional,
        "loader": PackageLoader("templates", "pages"),
        "autoescape": True,
    }
    app.url_map.converters["int"] = KeyConverter
    if services.settings.trusted_proxies:
        hops = services.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Bootstrap5(app)
    context.register(app, services)
    logs.configure()
    # The order of these is the order of what is asked of a request: number it, may it, is it sane, is it theirs.
    logs.register(app)
    access.register(app)
    app.before_request(_limit_body)
    app.before_request(errors.check_form)
    csrf = CSRFProtect(app)
    app.before_request(lambda: _check_token(csrf))
    for part in (errors, headers, navigation, presentation):
        part.register(app)
    _register_blueprints(app)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": settings.max_form_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.max_form_bytes,
        "MAX_FORM_PARTS": _MOST_PARTS,
        "SESSION_COOKIE_NAME": "vae_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https://"),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        "PREFERRED_URL_SCHEME": "https" if settings.base_url.startswith("https://") else "http",
        "WTF_CSRF_CHECK_DEFAULT": False,  # checked below, once the request is known to be allowed
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a page left open overnight loses nothing
        "BOOTSTRAP_SERVE_LOCAL": True,
        "PROPAGATE_EXCEPTIONS": False,
    }


def _limit_body() -> None:
    """A view that streams sets its own limit; every other keeps that of ordinary forms."""
    if access.streams():
        request.max_content_length = _NO_LIMIT  # None would mean that of the application


def _check_token(csrf: CSRFProtect) -> None:
    if request.endpoint is not None and not access.streams():
        csrf.protect()


def _register_blueprints(app: Flask) -> None:
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"vae_portal.web.{name}").blueprint)
