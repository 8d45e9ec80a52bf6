"""Pages about what leaves by itself: notices of sign-outs, and mails."""

from idp.admin.deliveries import mails, of_client, page

BLUEPRINTS = (page.bp, of_client.bp, mails.bp)
