from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "headrace.config"
    label = "config"
