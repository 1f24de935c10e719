"""The link that makes the first administrator of a deployment."""

from sqlalchemy.orm import Session, sessionmaker

from accounts import queries, signed_links
from core import links


def invite(sessions: sessionmaker[Session], address: str) -> str | None:
    """A link to become the administrator, with this e-mail (canonical; "": with any); None when there is one."""
    with sessions() as session:
        if session.scalar(queries.administrators().limit(1)) is not None:
            return None
    return links.absolute("accounts.welcome", token=signed_links.welcome(address, is_admin=True))
