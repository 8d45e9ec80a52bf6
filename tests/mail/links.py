"""A link as mails carry it."""

LINK = "https://idp.example/email-verification?token=t0ken"
