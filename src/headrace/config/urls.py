"""Every address of Headrace, by door."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Headrace")


urlpatterns = [
    path("", home, name="home"),
    path("", include("headrace.base.urls")),
]
