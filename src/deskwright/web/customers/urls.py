"""The addresses of customers and organisations."""

from __future__ import annotations

from django.urls import path

from deskwright.web.customers import merges, organisations, people, points, tickets

urlpatterns = [
    path("customers/", people.listing, name="customers"),
    path("customers/new/", people.add, name="customer_add"),
    path("customers/<int:number>/", people.person, name="customer"),
    path("customers/<int:number>/edit/", people.edit, name="customer_edit"),
    path("customers/<int:number>/points/", points.add, name="point_add"),
    path("customers/<int:number>/points/<int:point>/remove/", points.remove, name="point_remove"),
    path("customers/<int:number>/points/<int:point>/primary/", points.make_primary, name="point_primary"),
    path("organisations/", organisations.listing, name="organisations"),
    path("organisations/new/", organisations.add, name="organisation_add"),
    path("organisations/<int:number>/", organisations.organisation, name="organisation"),
    path("organisations/<int:number>/edit/", organisations.edit, name="organisation_edit"),
    path("merge/<slug:of>/<int:number>/", merges.merge, name="merge"),
    path("merges/<int:number>/undo/", merges.undo, name="unmerge"),
    path("tickets/new/", tickets.write, name="ticket_new"),
    path("tickets/<int:number>/requester/", tickets.change_requester, name="requester"),
]
