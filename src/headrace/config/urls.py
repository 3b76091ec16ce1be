"""Every address of Headrace: signing in, and the two doors."""

from django.urls import include, path

from headrace.config.views import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("headrace.base.urls")),
    path("console/", include("headrace.console.urls")),
    path("portal/", include("headrace.portal.urls")),
    path("api/v1/", include("headrace.api.urls", namespace="api")),
]
