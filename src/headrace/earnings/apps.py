from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class EarningsConfig(AppConfig):
    name = "headrace.earnings"
    label = "earnings"

    def ready(self) -> None:
        from headrace.engine.run import BACKENDS

        if settings.BACKEND not in BACKENDS:
            raise ImproperlyConfigured(
                f"HEADRACE_BACKEND: {settings.BACKEND!r} is no backend; one of {', '.join(BACKENDS)} would be right"
            )
