"""Public pages kept whole: for whoever has no session they are made once for each second of the season's clock."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from flask import Response, current_app, session
from flask import request as asked

from core import request

Kept = dict[str, tuple[datetime, str, bytes]]  # by path: the second it was made in, its ETag, the page


def kept_whole(view: Callable[[], str]) -> Callable[[], str | Response]:
    """For the view of a page that depends only on its path, the clock and the database.

    A change shows at most a second late to those who are signed out, to all others at once.
    """

    @wraps(view)
    def page() -> str | Response:
        if "session" in asked.cookies or asked.query_string or not current_app.config["KEEP_PAGES"]:
            return view()
        pages: Kept = current_app.extensions.setdefault("kept_pages", {})
        second = request.at().replace(microsecond=0)
        found = pages.get(asked.path)
        if found is None or found[0] != second:
            body = view()
            if session.modified:
                return body  # it holds a token of this visitor's
            whole = body.encode()
            found = pages[asked.path] = second, f'"{hashlib.sha256(whole).hexdigest()[:20]}"', whole
        response = Response(found[2], headers=[("ETag", found[1])])
        if asked.if_none_match:
            response.make_conditional(asked)
        return response

    return page
