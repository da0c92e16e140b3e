"""The outbox: what waits to leave and how it went, by whom nothing is to be received, what came back.

Making the words of a mail is `desk.answering`; how bytes travel is `channels.email`.
"""
