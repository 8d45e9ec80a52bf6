"""The table of roles and permissions, said a second time."""

from idp.accounts.access.permissions import Role

OWNER, ADMIN, SUPPORT, AUDITOR = Role
EVERYBODY = {
    "users.read sessions.read organizations.read groups.read clients.read apis.read",
    "providers.read keys.read deliveries.read refusals.read",
}
NOT_SUPPORT = {"audit.read settings.read"}
NOT_AUDITOR = {
    "users.create users.update users.disable users.send_reset",
    "sessions.end factors.reset invites waitlist",
}
OWNER_AND_ADMIN = {
    "users.address users.sign_in_link users.delete users.import",
    "organizations.write groups.write clients.write clients.secrets apis.write",
    "providers.write webhooks branding",
}
OWNER_ALONE = {
    "users.roles api_keys keys.rotate keys.revoke settings.write",
    "instance.export instance.import",
}
HELP = {name for line in NOT_AUDITOR for name in line.split()}
WANTED = {
    name: roles
    for lines, roles in (
        (EVERYBODY, {OWNER, ADMIN, SUPPORT, AUDITOR}),
        (NOT_SUPPORT, {OWNER, ADMIN, AUDITOR}),
        (NOT_AUDITOR, {OWNER, ADMIN, SUPPORT}),
        (OWNER_AND_ADMIN, {OWNER, ADMIN}),
        (OWNER_ALONE, {OWNER}),
    )
    for line in lines
    for name in line.split()
}
