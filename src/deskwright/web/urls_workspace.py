"""The addresses of the workspace and of signing in."""

from __future__ import annotations

from django.urls import path

from deskwright.web.account import views as account
from deskwright.web.workspace import choosing, deeds, files, finding, inbox, notices, ticket

urlpatterns = [
    path("", inbox.home, name="home"),
    path("login/", account.sign_in, name="sign_in"),
    path("logout/", account.sign_out, name="sign_out"),
    path("account/theme/", account.theme, name="theme"),
    path("account/availability/", account.availability, name="availability"),
    path("inbox/<slug:view>/", inbox.inbox, name="inbox"),
    path("queues/<str:name>/", inbox.queue, name="queue"),
    path("rail/", inbox.rail, name="rail"),
    path("search/", finding.search, name="search"),
    path("palette/", finding.palette, name="palette"),
    path("choose/<slug:field>/", choosing.choose, name="choose"),
    path("preview/", deeds.preview, name="preview"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="notices_read"),
    path("tickets/change/", deeds.change, name="change"),
    path("tickets/change/undo/", deeds.undo_change, name="undo_change"),
    path("tickets/<int:number>/", ticket.ticket, name="ticket"),
    path("tickets/<int:number>/conversation/", ticket.conversation, name="conversation"),
    path("tickets/<int:number>/side/", ticket.side, name="side"),
    path("tickets/<int:number>/why/", ticket.why, name="why"),
    path("tickets/<int:number>/reply/", deeds.reply, name="reply"),
    path("tickets/<int:number>/note/", deeds.note, name="note"),
    path("tickets/<int:number>/draft/", deeds.draft, name="draft"),
    path("tickets/<int:number>/escalate/", deeds.escalate, name="escalate"),
    path("tickets/<int:number>/acknowledge/", deeds.acknowledge, name="acknowledge"),
    path("tickets/<int:number>/hand-back/", deeds.hand_back, name="hand_back"),
    path("held/<int:number>/take-back/", deeds.take_back, name="take_back"),
    path("held/<int:number>/send-now/", deeds.send_now, name="send_now"),
    path("deliveries/<int:number>/resend/", deeds.resend, name="resend"),
    path("attachments/<int:number>/", files.attachment, name="attachment"),
]
