"""How a service is asked: the REST client, and how it logs in."""

from .auth import LOGIN, Authentication, Basic, Credentials, Key, LoginCall, Session, bearer, header_safe
from .rest import MOST_PAGES, Rest
from .typed_calls import Page, Parameter

__all__ = [
    "LOGIN",
    "MOST_PAGES",
    "Authentication",
    "Basic",
    "Credentials",
    "Key",
    "LoginCall",
    "Page",
    "Parameter",
    "Rest",
    "Session",
    "bearer",
    "header_safe",
]
