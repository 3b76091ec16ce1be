from django.apps import AppConfig


class EarningsConfig(AppConfig):
    name = "headrace.earnings"
    label = "earnings"
