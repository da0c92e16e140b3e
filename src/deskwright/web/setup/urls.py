"""The addresses of the first run."""

from __future__ import annotations

from django.urls import path

from deskwright.web.setup import views

urlpatterns = [
    path("", views.begin, name="setup"),
    path("desk/", views.desk, name="setup_desk"),
    path("mail/", views.post, name="setup_mail"),
    path("people/", views.people, name="setup_people"),
    path("workflow/", views.workflow, name="setup_workflow"),
]
