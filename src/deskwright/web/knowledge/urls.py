"""The addresses of the knowledge base, below /knowledge/."""

from __future__ import annotations

from django.urls import path

from deskwright.web.knowledge import views

urlpatterns = [
    path("", views.listing, name="knowledge"),
    path("new/", views.write, name="article_add"),
    path("preview/", views.preview, name="article_preview"),
    path("<int:number>/", views.article, name="article"),
    path("<int:number>/edit/", views.edit, name="article_edit"),
    path("<int:number>/versions/", views.versions, name="article_versions"),
    path("<int:number>/versions/<int:revision>/restore/", views.restore, name="article_restore"),
    path("<int:number>/<slug:deed>/", views.move, name="article_move"),
]
