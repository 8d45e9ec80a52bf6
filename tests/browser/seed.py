"""Who and what the server of the browser tests begins with."""

PASSWORD = "correct horse battery staple"


SEED = f"""
[[attributes]]
key = "department"
type = "choice"
label = {{ en = "Department of the Analytical Engines", de = "Abteilung" }}
choices = ["Mills and Stores of an Analytical Engine", "Punched Cards"]
claim = "https://idp-browser-tests.example.org/claims/department"
scope = "department"

[[scopes]]
name = "department"
description = {{ en = "See where you work", de = "Sehen, wo Sie arbeiten" }}
claims = ["https://idp-browser-tests.example.org/claims/department", "email"]

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
