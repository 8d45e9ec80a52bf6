"""Who signs up."""

from tests.make_users import PASSWORD

ADA = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada Lovelace"}
