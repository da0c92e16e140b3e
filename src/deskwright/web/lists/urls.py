"""The addresses of saved views and of how lists look."""

from __future__ import annotations

from django.urls import path

from deskwright.web.lists import choices, views

urlpatterns = [
    path("lists/choose/", choices.choose, name="list_choose"),
    path("views/new/", views.add, name="view_add"),
    path("views/check/", views.check, name="view_check"),
    path("views/<int:number>/", views.listing, name="view"),
    path("views/<int:number>/edit/", views.edit, name="view_edit"),
    path("views/<int:number>/move/", views.move, name="view_move"),
    path("views/<int:number>/delete/", views.delete, name="view_delete"),
    path("views/<int:number>/restore/", views.restore, name="view_restore"),
]
