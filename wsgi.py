"""For any WSGI server: `wsgi:app`."""

from core import config, logs
from web import create_app

settings = config.read()
logs.configure(as_json=settings.logs_json)
app = create_app(settings)
