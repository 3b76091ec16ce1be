from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "headrace.partners"
    label = "partners"
