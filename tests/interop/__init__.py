"""Clients and providers in other languages. Run by ``make interop``."""
