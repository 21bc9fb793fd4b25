"""What people see, editable without touching code: pages, e-mails, Word documents."""
