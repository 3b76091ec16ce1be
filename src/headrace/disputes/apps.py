from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "headrace.disputes"
    label = "disputes"
