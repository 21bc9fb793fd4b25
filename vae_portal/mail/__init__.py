"""Writes the e-mails of `templates/emails` and hands them to the mail server."""
