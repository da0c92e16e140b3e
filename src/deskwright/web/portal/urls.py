"""The addresses customers use, below /help/."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from deskwright.web.portal import asking, details, embedding, entering, mine, rating, reading, status, unsubscribing

urlpatterns = [
    path("", reading.home, name="help"),
    path("articles/<int:number>", reading.article, name="help_article"),
    path("articles/<int:number>-<slug:slug>", reading.article),
    path("articles/<int:number>/vote", reading.vote, name="article_vote"),
    path("suggest", reading.suggest, name="suggest"),
    path("new", asking.ask, name="ask"),
    path("new/", login_not_required(RedirectView.as_view(pattern_name="ask"))),
    path("new/fields", asking.own_fields, name="own_fields"),
    path("rate/<str:token>", rating.rate, name="rate"),
    path("rate/<str:token>/thanks", rating.rated, name="rated"),
    path("unsubscribe/<str:token>", unsubscribing.unsubscribe, name="unsubscribe"),
    path("enter/", entering.ask_link, name="ask_link"),
    path("enter/<str:token>/", entering.enter, name="enter"),
    path("leave/", entering.leave, name="leave"),
    path("mine/", mine.listing, name="my_tickets"),
    path("mine/<int:number>/", mine.one, name="my_ticket"),
    path("mine/<int:number>/answer/", mine.answer, name="my_answer"),
    path("mine/<int:number>/close/", mine.close, name="my_close"),
    path("mine/<int:number>/open/", mine.reopen, name="my_reopen"),
    path("mine/<int:number>/files/<int:attachment>/", mine.file, name="my_file"),
    path("embed/", embedding.embed, name="embed"),
    path("embed/thanks/<str:receipt>", embedding.thanks, name="embed_thanks"),
    path("embed.js", embedding.script, name="embed_script"),
    path("status/", status.status, name="status"),
    path("details/", details.page, name="my_details"),
    path("details/number/", details.add_number, name="my_number"),
    path("details/number/code/", details.prove_number, name="my_number_prove"),
    path("details/address/", details.add, name="my_address"),
    path("details/address/<str:token>/", details.prove, name="my_address_prove"),
    path("thanks/<str:receipt>", asking.thanks, name="thanks"),
]
