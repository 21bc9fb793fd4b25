"""When a job is tried again, and what is written when it no longer is."""

from __future__ import annotations

from dataclasses import dataclass

from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from storage.errors import StoreError
from vae_portal.errors import PortalError

_MINUTE, _HOUR = 60, 3600
GROWING = (10, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 12 * _HOUR)  # seconds: eight tries in all
STUBBORN = GROWING[:5] + (_HOUR,) * 67  # three days, for what nobody can ask again by hand


class NotWorthRetrying(PortalError):
    """Waiting changes nothing: the job ends now and staff are told why."""


@dataclass(frozen=True)
class Retries(BaseRetryStrategy):
    """One more try after each wait, in seconds; none for the permanent faults."""

    waits: tuple[int, ...] = GROWING
    permanent: tuple[type[BaseException], ...] = (NotWorthRetrying,)

    def is_last(self, exception: BaseException, job: Job) -> bool:
        """Whether no try follows this failure."""
        return isinstance(exception, self.permanent) or job.attempts >= len(self.waits)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again, None when it is over."""
        if self.is_last(exception, job):
            return None
        return RetryDecision(retry_in={"seconds": self.waits[job.attempts]})


def sentence(fault: BaseException) -> str:
    """What staff read about a failure: the fault's own French sentence, or its name when it was not expected."""
    if isinstance(fault, PortalError | StoreError) and str(fault):
        return str(fault)
    return f"Erreur inattendue ({type(fault).__name__}) : le journal technique du serveur en dit plus."
