"""Puts the demo's bar and pages on an app."""

import logging

from flask import Flask

from demo import views
from demo.mailbox import Mailbox
from web import elements


def add(app: Flask, mailbox: Mailbox) -> None:
    """Give the app the bar, the mailbox and the page of elements."""
    app.config["LOG_REQUESTS"] = False  # whoever tries the demo reads the pages, not the terminal
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # the mailbox's own conversation
    app.extensions["mailbox"] = mailbox
    app.extensions["demo_bar"] = views.bar
    app.register_blueprint(views.pages)
    app.register_blueprint(elements.pages)
