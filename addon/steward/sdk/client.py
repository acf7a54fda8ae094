"""Names for services: the REST client and its authentication."""

from .auth import LOGIN, Authentication, Basic, Credentials, Key, LoginCall, Session, bearer, header_safe
from .rest import Rest
from .typed_calls import MOST_PAGES, Page, Parameter

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
