"""The addresses of signing in, of an agent's ways to sign in, and of their sessions. Allauth's views, our pages."""

from __future__ import annotations

from typing import Final

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.apps import apps
from django.urls import include, path, re_path

from deskwright.desk.audit_actions import Action
from deskwright.web.account import guard, mine, speaking, tokens, views, ways, welcome
from deskwright.web.account.noting import lasting, noted

CONFIRMING: Final[tuple[Action, Action]] = ("agent.confirmed", "agent.not_confirmed")

urlpatterns = [
    path("login/", views.sign_in, name="sign_in"),
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="sign_out"),
    path("logout/", views.sign_out, name="account_logout"),
    path("welcome/<str:token>/", welcome.welcome, name="welcome"),
    path("language/", speaking.choose, name="language"),
    path("account/", mine.profile, name="account"),
    path("account/looks/", mine.looks, name="account_looks"),
    path("account/notices/", mine.notices, name="account_notices"),
    path("account/tokens/", tokens.listing, name="account_tokens"),
    path("account/tokens/new/", tokens.add, name="account_token_add"),
    path("account/tokens/<int:number>/revoke/", tokens.revoke, name="account_token_revoke"),
    path("account/second-step/", guard.second_step, name="second_step"),
    path("account/theme/", views.theme, name="theme"),
    path("account/availability/", views.availability, name="availability"),
    path("account/closed/", allauth.account_inactive, name="account_inactive"),
    path("account/confirm/", noted(lasting(allauth.reauthenticate), *CONFIRMING), name="account_reauthenticate"),
    path("account/password/", allauth.password_change, name="account_change_password"),
    path("account/password/first/", allauth.password_set, name="account_set_password"),
    path("account/password/forgotten/", allauth.password_reset, name="account_reset_password"),
    path("account/password/mailed/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/changed/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/sign-in/", ways.ways, name="mfa_index"),
    path("login/second/", noted(mfa.authenticate, None, "step.refused"), name="mfa_authenticate"),
    path("account/confirm/code/", noted(mfa.reauthenticate, *CONFIRMING), name="mfa_reauthenticate"),
    path("account/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/keys/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("account/keys/new/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("account/keys/<int:pk>/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/keys/<int:pk>/remove/", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/confirm/key/", noted(keys.reauthenticate_webauthn, *CONFIRMING), name="mfa_reauthenticate_webauthn"),
    path("login/key/", noted(keys.login_webauthn, None, "agent.refused"), name="mfa_login_webauthn"),
    path("account/sessions/end/", ways.end_others, name="sessions_end"),
    path("account/sessions/<int:number>/end/", ways.end, name="session_end"),
    path("login/elsewhere/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("login/elsewhere/", include("allauth.socialaccount.urls")),
]
if apps.is_installed("allauth.socialaccount.providers.saml"):
    urlpatterns.append(path("login/elsewhere/", include("allauth.socialaccount.providers.saml.urls")))
