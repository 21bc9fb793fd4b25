"""The ways an e-mail can fail, told apart by what to do next: mend the template, try later, or stop trying."""

from vae_portal.errors import PortalError


class MailTemplateFaulty(PortalError):
    """An e-mail cannot be written; the text names it and what is wrong, for whoever edits the template."""


class MailDelayed(PortalError):
    """The server cannot take the message now (down, busy, misconfigured): try again later."""


class MailRefused(PortalError):
    """This message to this address will never be taken: trying again is of no use."""
