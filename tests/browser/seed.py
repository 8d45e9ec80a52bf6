"""Who and what the server of the browser tests begins with."""

PASSWORD = "correct horse battery staple"


SEED = f"""
[[users]]
email = "ada@example.com"
username = "ada"
password = "{PASSWORD}"
name = "Ada Lovelace"
email_verified = true

[[users]]
email = "admin-mary@example.com"
username = "mary"
password = "{PASSWORD}"
email_verified = true
roles = ["owner"]

[[organizations]]
slug = "engines"
name = "Analytical Engines of a Rather Long Name"
roles = {{ billing = ["invoices:pay"] }}
members = {{ mary = ["owner", "billing"] }}

[[apis]]
identifier = "https://api.an-organization.example"
name = "Notes"
scopes = ["notes:write", {{ name = "notes:read", description = "Read your notes" }}]

[[clients]]
client_id = "tv"
client_name = "Living room TV"
token_endpoint_auth_method = "none"
grant_types = ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]
"""
