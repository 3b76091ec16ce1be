from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "headrace.claims"
    label = "claims"
