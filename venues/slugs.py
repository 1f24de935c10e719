"""The first part of a venue's addresses."""

import re

from werkzeug.routing import BaseConverter

# First segments that mean something else, now or in what is planned; a test compares them with the URL map.
RESERVED = frozenset(
    """
    .well-known about account admin api assets bootstrap call conferences dateline demo docs elements favicon.ico
    feeds files forgot healthz help home invitations legal login logout mail metrics new outbox papers people preview
    privacy readyz receipts reset reviews robots.txt security.txt settings sign-in sign-out sign-up site sitemap.xml
    static submissions terms venue venues verify welcome workshops
    """.split()
)
SHAPE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class SlugError(ValueError):
    """Cannot be a venue's address; str() is a sentence."""


def check(slug: str) -> str:
    """The slug itself. Raises SlugError when it is reserved or of the wrong shape."""
    if slug in RESERVED:
        raise SlugError(
            f"{slug!r} is reserved: Dateline's own pages live at /{slug}. Choose another, such as 'sbm2022'."
        )
    if len(slug) > 40 or not SHAPE.fullmatch(slug):
        raise SlugError(
            f"{slug[:50]!r} cannot be an address: use at most 40 small letters, digits and single hyphens, beginning "
            "with a letter, such as 'sbm2022'."
        )
    return slug


class SlugConverter(BaseConverter):
    """A venue's slug in an address: what is reserved or of the wrong shape is no venue's page."""

    part_isolating = True  # never a slash: rules that begin with a slug are tried together, not one by one

    # In the pattern, because Werkzeug adds a missing slash before it would ask `to_python`.
    regex = rf"(?!(?:{'|'.join(map(re.escape, sorted(RESERVED)))})\Z)[a-z][a-z0-9-]{{0,39}}"
