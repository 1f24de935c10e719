"""Our own icons: strokes on a 20 by 20 grid in the colour of the text.

Hidden from screen readers: the words beside them speak. Drawn once and not by a macro: a page of a list holds more
than a hundred.
"""

from flask import Flask
from markupsafe import Markup

PATHS = {
    "add": "M10 4v12M4 10h12",
    "alarm": "M10 6v4.5l2.5 1.5M10 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM3 4.5 5 2.8M17 4.5l-2-1.7",
    "auto": "M3 4.5h14v9H3zM7 17h6M10 13.5V17",
    "back": "M16 10H4m5-5-5 5 5 5",
    "book": "M10 5.5C8 4 5.5 3.8 3 4v11c2.5-.2 5 0 7 1.5 2-1.5 4.5-1.7 7-1.5V4c-2.5-.2-5 0-7 1.5zm0 0v11",
    "calendar": "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
    "check": "m4 10.5 4 4 8-9",
    "clock": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm0-11v4.5l3 1.5",
    "close": "m5 5 10 10M15 5 5 15",
    "copy": "M7.5 7.5h9v9h-9zM13 7.5v-4H3.5V13h4",
    "down": "m5.5 8 4.5 4.5L14.5 8",
    "download": "M10 3v9.5m-4-4 4 4 4-4M4 16.5h12",
    "edit": "M4 16l.8-3.3L13.5 4 16 6.5 7.3 15.2 4 16zm8-10.5L14.5 8",
    "empty": "M3 11.5 5.5 4h9l2.5 7.5v5H3zm0 0h4.5c0 1.4 1 2.5 2.5 2.5s2.5-1.1 2.5-2.5H17",
    "error": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm0-10.5V11m0 2.7v.1",
    "external": "M11.5 4H16v4.5M16 4l-7 7M13 11.5V16H4V7h4.5",
    "eye": "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
    "file": "M5 2.8h6.5L15.5 7v10.2H5zM11.3 3v4.2h4",
    "filter": "M3 5h14M6 10h8M8.5 15h3",
    "forward": "M4 10h12m-5-5 5 5-5 5",
    "gear": "M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM10 2.5v2.3M10 15.2v2.3M2.5 10h2.3M15.2 10h2.3M4.7"
    " 4.7l1.6 1.6M13.7 13.7l1.6 1.6M15.3 4.7l-1.6 1.6M6.3 13.7l-1.6 1.6",
    "home": "M3 9.5 10 3.5l7 6M5 8.5v8h10v-8M8.5 16.5v-4.5h3v4.5",
    "info": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm0-8v4.5m0-7.2v.1",
    "leave": "M8 4H4v12h4M8 10h8.5m-3.5-3.5L16.5 10 13 13.5",
    "lock": "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
    "mail": "M3 5h14v10.5H3zm0 .8 7 5.7 7-5.7",
    "moon": "M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z",
    "more": "M4.5 10h.1M10 10h.1M15.5 10h.1",
    "people": "M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 16.5c.3-3 2.3-4.5 5-4.5s4.7 1.5 5 4.5M13"
    " 4.2a2.7 2.7 0 0 1 0 5M14.3 12.3c1.9.5 3 2 3.2 4.2",
    "person": "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17c.3-3.3 2.7-5 6-5s5.7 1.7 6 5",
    "print": "M6 7V3.5h8V7M6 13.5H3.5V7h13v6.5H14M6 11.5h8v5H6z",
    "search": "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zm4-1.5 4 4",
    "send": "M3 10 17 3.5 13.5 16.5 9.5 11.5zM17 3.5l-7.5 8",
    "star": "m10 3 2.1 4.5 4.9.6-3.6 3.4.9 4.9L10 14l-4.3 2.4.9-4.9L3 8.1l4.9-.6z",
    "sun": "M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM10 2.5v1.8M10 15.7v1.8M2.5 10h1.8M15.7 10h1.8M4.7"
    " 4.7 6 6M14 14l1.3 1.3M15.3 4.7 14 6M6 14l-1.3 1.3",
    "trash": "M3.5 5.5h13M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5",
    "undo": "M4 4.5v4h4M4.3 8.3A6.5 6.5 0 1 1 3.8 12",
    "up": "m5.5 12 4.5-4.5 4.5 4.5",
    "upload": "M10 13V3.5m-4 4 4-4 4 4M4 16.5h12",
    "warning": "M10 3.5 17.5 16.5h-15zm0 5v3.7m0 2v.1",
}
SVG = Markup(
    '<svg class="icon" viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.6" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
)
ICONS = {name: SVG.format(path) for name, path in PATHS.items()}


def add(app: Flask) -> None:
    """Give every template `icon(name)`."""
    app.jinja_env.globals["icon"] = ICONS.__getitem__
