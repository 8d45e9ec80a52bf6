"""Pages about who gets in: new accounts that wait, and the waitlist."""

from idp.admin.admissions import approvals, waitlist

BLUEPRINTS = (approvals.bp, waitlist.bp)
