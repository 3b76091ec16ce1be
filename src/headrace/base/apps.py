from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "headrace.base"
    label = "base"

    def ready(self) -> None:
        """Every way of starting passes here: server, command line, tests."""
        from headrace.base.translations import compile_catalogues

        compile_catalogues()
