"""Tables of what administers the server."""

from idp.administration.models.api_key import ApiKey
from idp.administration.models.daily_count import DailyCount
from idp.administration.models.idempotent_answer import IdempotentAnswer
from idp.administration.models.job_run import JobRun

__all__ = ["ApiKey", "DailyCount", "IdempotentAnswer", "JobRun"]
