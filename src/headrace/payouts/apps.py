from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "headrace.payouts"
    label = "payouts"
