"""The addresses of the studio: where leads see and try the workflow."""

from __future__ import annotations

from django.urls import path

from deskwright.web.studio import capacity, experiments, flow, logs, plan, recommend, whatif

urlpatterns = [
    path("flow/", flow.picture, name="flow"),
    path("flow/tickets/", flow.tickets, name="flow_tickets"),
    path("what-if/", whatif.listing, name="whatif"),
    path("what-if/new/", whatif.draft, name="whatif_new"),
    path("what-if/<int:number>/", whatif.trial, name="whatif_trial"),
    path("what-if/<int:number>/cancel/", whatif.cancel, name="whatif_cancel"),
    path("what-if/<int:number>/delete/", whatif.forget, name="whatif_forget"),
    path("what-if/<int:number>/tickets.csv", whatif.export, name="whatif_export"),
    path("event-logs/", logs.listing, name="eventlogs"),
    path("event-logs/<int:number>/delete/", logs.remove, name="eventlog_remove"),
    path("recommend/", recommend.page, name="recommend"),
    path("recommend/<int:number>/", recommend.one, name="recommendation"),
    path("recommend/<int:number>/cancel/", recommend.cancel, name="recommendation_cancel"),
    path("recommend/<int:number>/delete/", recommend.forget, name="recommendation_forget"),
    path("experiments/", experiments.listing, name="experiments"),
    path("experiments/<str:name>/", experiments.one, name="experiment"),
    path("experiments/<str:name>/switch/", experiments.switch, name="experiment_switch"),
    path("capacity/", capacity.forecast, name="capacity"),
    path("capacity/need/", capacity.need, name="capacity_need"),
    path("capacity/plan/", plan.page, name="capacity_plan"),
    path("capacity/plan/shifts.csv", plan.export, name="capacity_plan_export"),
    path("capacity/backlog/", capacity.backlog, name="capacity_backlog"),
]
