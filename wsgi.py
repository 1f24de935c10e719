"""For any WSGI server: `wsgi:app`."""

from web import create_app

app = create_app()
