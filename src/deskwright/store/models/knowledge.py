"""The knowledge base: articles with every version they had. Written by `desk` only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from deskwright.store.models.people import Agent


class Article(models.Model):
    """An article as it stands. `audience`: public | internal; `state`: draft | published | archived."""

    title = models.CharField(max_length=200)
    body = models.TextField()
    """Markdown."""
    language = models.CharField(max_length=12, default="en")
    audience = models.CharField(max_length=12, default="public")
    state = models.CharField(max_length=12, default="draft")
    category = models.CharField(max_length=80, blank=True)
    review_by = models.DateField(null=True)
    """When somebody should look whether it is still true."""
    author = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="articles")
    revision = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    helped = models.IntegerField(default=0)
    did_not_help = models.IntegerField(default=0)
    words = SearchVectorField(null=True)
    vocabulary = ArrayField(models.TextField(), default=list)
    """Its different words, for correcting what is typed."""

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="article_words", fastupdate=False),
            models.Index("state", "audience", "category", "title", name="article_shelf"),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleRevision(models.Model):
    """A version of an article's words, kept for good."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    author = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="revision_once")]
