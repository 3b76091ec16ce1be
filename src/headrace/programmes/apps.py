from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "headrace.programmes"
    label = "programmes"
