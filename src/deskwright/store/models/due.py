"""Small work that follows a commit, and the search index it fills."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from deskwright.store.models.tickets import Ticket


class DueWork(models.Model):
    """A row is a job: `kind` names it, `subject` is an id. Claimed in batches with SKIP LOCKED, deleted when done."""

    kind = models.CharField(max_length=24)
    subject = models.BigIntegerField()
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index("kind", "due_at", "id", name="due_work_next", condition=Q(attempts__lt=20))]


class SearchDocument(models.Model):
    """A ticket's searchable words, written behind the commit by due work.

    A migration makes the index `search_words`, over the documents' stretches and their words.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="search_document")
    words = SearchVectorField()


class SearchWord(models.Model):
    """A word that was written at this desk, with its runs of three letters: what a misspelt word may have meant."""

    word = models.CharField(max_length=24, primary_key=True, db_collation="C")
    grams = ArrayField(models.TextField())

    class Meta:
        indexes = [GinIndex(fields=["grams"], name="search_grams", fastupdate=False)]
