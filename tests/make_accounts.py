"""Factories of accounts."""

from flask import Flask


class MakeAccounts:
    """People and their sessions."""

    def __init__(self, app: Flask) -> None:
        self.app = app
