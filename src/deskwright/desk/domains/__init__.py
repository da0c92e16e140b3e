"""The domains mail leaves from: their DKIM keys, and whether what DNS says lets others believe that a mail is ours."""
