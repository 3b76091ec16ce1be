from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "headrace.sales"
    label = "sales"
