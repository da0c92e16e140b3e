"""Tags over all tickets: how many bear each, rename, merge, delete, and how far a change has come."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.tickets import tags
from deskwright.store.models import TagChange
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "tags:manage", "tags"


class TagForm(forms.Form):
    becomes = forms.CharField(
        label=gettext_lazy("New name"),
        max_length=60,
        help_text=gettext_lazy("The name of another tag merges the two."),
    )


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    under_way = TagChange.objects.filter(finished_at=None).order_by("pk")
    context = {"title": _("Tags"), "tags": tags.listing(text), "text": text, "under_way": under_way}
    return show(request, "console/tags.html", look, HERE, **context)


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    form = TagForm(request.POST or None, initial={"becomes": name})

    if request.method == "POST" and saving(
        form, lambda said: tags.begin(look.actor, name, said["becomes"], now=look.now)
    ):
        return saved(request, reverse(HERE), _("The tag is being changed"))
    context = {"title": name, "cancel": reverse(HERE), "trail": _("Tags")}
    remove = reverse("tag_remove", args=[name])
    return form_page(request, look, HERE, form, remove=remove, save=_("Rename or merge"), **context)


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    if confirmed(request, name):
        tags.begin(look.actor, name, "", now=look.now)
        return saved(request, reverse(HERE), _("The tag is being taken away"))
    consequence = _("It is taken from every ticket that bears it. Tickets keep an event that says so.")
    title, cancel = _("Delete the tag %(name)s?") % {"name": name}, reverse("tag", args=[name])
    return confirm_page(
        request, look, HERE, name, title=title, consequence=consequence, act=_("Delete the tag"), cancel=cancel
    )
