from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "headrace.base"
    label = "base"
