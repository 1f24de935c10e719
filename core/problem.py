"""The shared word for "something here wants an organizer's eye"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for


@dataclass(frozen=True)
class Problem:
    """What is wrong, in one sentence, and the page where it is put right: its endpoint and what is in its address."""

    sentence: str
    endpoint: str
    values: Mapping[str, Any]

    @property
    def url(self) -> str:
        """The page's address. Only made for what is shown: a large venue can have thousands of problems."""
        return url_for(self.endpoint, **self.values)
