"""Addresses that belong to no door."""

from django.urls import path

from headrace.base import views
from headrace.base.approvals.by_link import approve_by_link

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("language/", views.set_language, name="set_language"),
    path("appearance/", views.set_theme, name="set_theme"),
    path("approve/<str:token>/", approve_by_link, name="approve_by_link"),
    path("design/", views.design, name="design"),
    path("design/specimen.pdf", views.design_document, name="design_document"),
]
