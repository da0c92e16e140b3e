"""How people come in: tries counted, invitations, links for customers, the mails that carry them."""
