"""What came of a test of a provider, in words for operators: never in its own."""

from flask_babel import lazy_gettext

from idp.federation.preview import Preview
from idp.federation.trial import ProviderTrial, TrialStep
from idp.web.answer_words import WORDS as ANSWERS

PASSED = lazy_gettext("It answers as it should, and knows this server.")
FOUND = lazy_gettext("It answers as it should, and one person has this login.")
DESCRIBED = lazy_gettext("It answers, and says where people sign in.")
STEPS = {
    TrialStep.DISCOVERY: lazy_gettext("Reading what it says of itself failed."),
    TrialStep.KEYS: lazy_gettext("Reading its keys failed."),
    TrialStep.TOKEN: lazy_gettext("Showing it who we are failed."),
    TrialStep.CONNECT: lazy_gettext("Connecting failed."),
    TrialStep.TLS: lazy_gettext("Encrypting the connection failed."),
    TrialStep.BIND: lazy_gettext("Signing in to the directory failed."),
    TrialStep.SEARCH: lazy_gettext("Searching for people failed."),
    TrialStep.GROUPS: lazy_gettext("Searching for groups failed."),
}
WORDS = {
    "base": lazy_gettext("There is nothing at the base DN, or it may not be seen."),
    "bind": lazy_gettext("The bind DN or its password is wrong."),
    "blind": lazy_gettext(
        "It shows nobody at all. Check the base DN, the user filter, and what the bind "
        "DN may see."
    ),
    "disabled": lazy_gettext("One person has this login, and is disabled there."),
    "filter": lazy_gettext("The filter is none (RFC 4515)."),
    "many": lazy_gettext(
        "More than one entry has this login, so nobody is meant. Narrow the base DN or "
        "the user filter."
    ),
    "none": lazy_gettext(
        "Nobody has this login. Check the base DN and the user filter, and that the "
        "bind DN may see people."
    ),
    "sub": lazy_gettext(
        "The entry has no value that names it for good. Check the attribute that is "
        "sub."
    ),
    "tls_absent": lazy_gettext(
        "No TLS is spoken at this port: ldaps:// has port 636, ldap:// with StartTLS "
        "389."
    ),
    "tls_authority": lazy_gettext(
        "Its certificate is of an authority that is not believed here. Enter that at "
        "the certificate authorities."
    ),
    "tls_expired": lazy_gettext("Its certificate has expired, or is not valid yet."),
    "tls_name": lazy_gettext(
        "Its certificate is of another name. Enter the server by the name that stands "
        "in it."
    ),
    "tls_not_offered": lazy_gettext(
        "It offers no StartTLS. Enter ldaps:// in place of ldap://, or turn TLS on "
        "there."
    ),
    "not_installed": lazy_gettext("This server was installed without LDAP."),
    "search": lazy_gettext("The directory refused it."),
    "blocked_private": lazy_gettext(
        "Its host leads into a private network. An administrator of this server can "
        "let it be there."
    ),
    "blocked_elsewhere": lazy_gettext(
        "It names another host, which leads into a private network: there only its "
        "issuer's own host is asked."
    ),
    "client": lazy_gettext(
        "It does not know our client ID, or our secret or key is wrong."
    ),
    "client_key": lazy_gettext("Our private key cannot sign."),
    "endpoints": lazy_gettext("It names no endpoints to sign in at."),
    "issuer": lazy_gettext(
        "It says that it is another issuer: enter it exactly as it says, to the slash."
    ),
    "jwks_uri": lazy_gettext("It does not say where its keys are."),
    "no_json": lazy_gettext("What it answered is no JSON."),
    "no_keys": lazy_gettext("It publishes no key that we can check signatures with."),
    "redirect_uri": lazy_gettext(
        "The address to send people back to is not registered there."
    ),
    "refused": lazy_gettext("There is no such document at this address."),
    "status": lazy_gettext("It failed itself, or has no time for us now."),
    "unclear": lazy_gettext(
        "It answered, but not whether it knows this server: sign in by it to see."
    ),
}
ADDRESS = lazy_gettext("It names an address that does not begin with https://.")


def trial_words(trial: ProviderTrial) -> str:
    """Say what failed, or that nothing did."""
    if trial.step is None or trial.error is None:
        return str(FOUND if trial.found else PASSED)
    reason = WORDS.get(trial.error) or ANSWERS.get(trial.error) or ADDRESS
    return f"{STEPS[trial.step]} {reason}"


def preview_words(asked: Preview) -> str:
    """Say what failed when a provider was asked what it is, or that nothing did."""
    return str(DESCRIBED) if asked.found else trial_words(asked.trial)


def trial_of(text: str) -> ProviderTrial | None:
    """Return the test that an address tells of, as ``told_trial`` writes it."""
    step, _, error = text.partition(".")
    if text == "passed":
        return ProviderTrial()
    known = error in WORDS or error in ANSWERS or error.endswith("_endpoint")
    return (
        ProviderTrial(TrialStep(step), error)
        if step in set(TrialStep) and known
        else None
    )


def told_trial(trial: ProviderTrial) -> str:
    """Return what an address tells of a test."""
    return f"{trial.step}.{trial.error}" if trial.error else "passed"
