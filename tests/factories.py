"""Rows that tests begin with. Factories commit and return plain values."""

from flask import Flask

from tests.make_attributes import MakeAttributes
from tests.make_browsers import MakeBrowsers
from tests.make_clients import MakeClients
from tests.make_factors import MakeFactors
from tests.make_groups import MakeGroups
from tests.make_invites import MakeInvites
from tests.make_organizations import MakeOrganizations
from tests.make_policies import MakePolicies
from tests.make_providers import MakeProviders
from tests.make_tokens import MakeTokens
from tests.make_users import MakeUsers
from tests.records import Records


class Make:
    """All factories of one app, and what they left in it."""

    def __init__(self, app: Flask) -> None:
        self.users = MakeUsers(app)
        self.clients = MakeClients(app)
        self.browsers = MakeBrowsers(app, self.users)
        self.factors = MakeFactors(app)
        self.tokens = MakeTokens(app, self.users)
        self.attributes = MakeAttributes(app)
        self.groups = MakeGroups(app)
        self.organizations = MakeOrganizations(app)
        self.policies = MakePolicies(app)
        self.providers = MakeProviders(app)
        self.records = Records(app)
        self.invites = MakeInvites(app, self.records)
