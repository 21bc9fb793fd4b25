"""What can be wrong with a document: always the template or what it was given, never the person."""

from vae_portal.errors import PortalError


class TemplateFaulty(PortalError):
    """A document cannot be filled; the text names it and what is wrong, for whoever edits the template."""
