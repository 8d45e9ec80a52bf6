"""What the server of the client libraries begins with."""

import json

from tests.oauth.assertions import new_key, public_set

CALLBACK = "http://localhost:9109/callback"


PASSWORD = "correct horse battery staple"


SECRET = "a-secret-for-development-of-43-characters-ab"


KEY = new_key("RS256", kid="signs")


SEED = f"""
[[users]]
email = "ada@example.com"
username = "ada"
name = "Ada Lovelace"
password = "{PASSWORD}"
email_verified = true

[[clients]]
client_id = "with secret/1"
client_secret = "{SECRET}"
client_name = "A web app"
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token"]

[[clients]]
client_id = "posts"
client_secret = "{SECRET}"
token_endpoint_auth_method = "client_secret_post"
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token"]
first_party = true

[[clients]]
client_id = "public"
token_endpoint_auth_method = "none"
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token"]
id_token_signed_response_alg = "ES256"

[[clients]]
client_id = "a job"
client_secret = "{SECRET}"
grant_types = ["client_credentials"]
scope = "read write"

[[clients]]
client_id = "tv"
token_endpoint_auth_method = "none"
grant_types = ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]

[[clients]]
client_id = "signs"
token_endpoint_auth_method = "private_key_jwt"
jwks = {json.dumps(public_set(KEY)).replace(": ", " = ")}
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token"]

[[clients]]
client_id = "signs as of old"
token_endpoint_auth_method = "private_key_jwt"
client_assertion_aud = "token_endpoint"
jwks = {json.dumps(public_set(KEY)).replace(": ", " = ")}
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token"]
"""
