"""Reads the API of a Sojourn server."""

from .client import Client
from .paged import Paged
from .problem import ApiError, NoAnswerError
from .stream import Change

__all__ = ["ApiError", "Change", "Client", "NoAnswerError", "Paged"]
