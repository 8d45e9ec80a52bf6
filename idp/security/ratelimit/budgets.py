"""The budgets of tries: a counter's name, and the setting that says how many.

The names are in the keys of counters that live on: they stay.
"""

from idp.security.ratelimit.meters import Budget

LOGIN_ACCOUNT_IP = Budget("login_account_ip", lambda of: of.ratelimit_login_account_ip)
LOGIN_IP = Budget("login_ip", lambda of: of.ratelimit_login_ip)
LOGIN_ACCOUNT = Budget("login_account", lambda of: of.ratelimit_login_account)
LOGIN_ACCOUNT_SLOW = Budget(
    "login_account_slow", lambda of: of.ratelimit_login_account_slow
)
LOGIN_RUN = Budget("login_run", lambda of: of.ratelimit_login_run)
REGISTER_IP = Budget("register_ip", lambda of: of.ratelimit_register_ip)
MAIL_ADDRESS = Budget("mail_address", lambda of: of.ratelimit_mail_address)
MAIL_IP = Budget("mail_ip", lambda of: of.ratelimit_mail_ip)
# Counted on the row of the factor, which it locks (``accounts.factors.locks``).
OTP_FACTOR = Budget("otp_factor", lambda of: of.ratelimit_otp_factor)
USER_CODE = Budget("user_code", lambda of: of.ratelimit_user_code)
DISCOVERY_IP = Budget("discovery_ip", lambda of: of.ratelimit_discovery_ip)
CLIENT_AUTH = Budget("client_auth", lambda of: of.ratelimit_client_auth)
PASSKEY_OPTIONS = Budget("passkey_options", lambda _: "600/hour")
# Each leaves a row; a whole office may come from one address.
PROVIDER_BEGIN = Budget("provider_begin", lambda _: "1200/10 minutes")
# By owners of an organization, who have it send requests.
PROVIDER_TRIAL = Budget("provider_trial", lambda _: "30/hour")
FACTOR_MAIL = Budget("factor_mail", lambda _: "10/hour")
MAILED_CODE = Budget("mailed_code", lambda _: "10/day")
NEW_PASSWORD = Budget("new_password", lambda _: "20/hour")
RESERVE_USERNAME = Budget("reserve_username", lambda _: "3/hour")
# Each costs the memory of its pixels.
PICTURE = Budget("picture", lambda _: "30/hour")
# By owners of an organization: it is fetched from a link, or its pixels are decoded.
OWN_LOGO = Budget("own_logo", lambda _: "30/hour")
# By owners of an organization: all processes read the policies anew.
OWN_POLICIES = Budget("own_policies", lambda _: "30/hour")
INVITES = Budget("invites", lambda _: "50/day")
SIGN_IN_NOTICE = Budget("sign_in_notice", lambda _: "1/day")
ACCOUNT_LOCK_NOTICE = Budget("account_lock_notice", lambda _: "1/7 days")
# Longer than any challenge holds: one that was answered stays so.
CHALLENGE_ANSWER = Budget("challenge_answer", lambda _: "1/hour")
