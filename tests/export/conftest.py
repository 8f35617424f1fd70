"""Stores of both kinds for every test that asks for one."""

from tests.store.postgres import database, server, store_url

__all__ = ["database", "server", "store_url"]
