"""Pages on which an operator signs in to a client as it would do it."""

from idp.admin.trials import answer, start

BLUEPRINTS = (start.bp, answer.bp)
