from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "headrace.config"
    label = "config"

    def ready(self) -> None:
        """Rooms ask `base` for approvals; what follows from a decision stands in the wiring alone."""
        from headrace.base.approvals import kinds
        from headrace.config.wiring import APPROVAL_KINDS

        kinds.use(APPROVAL_KINDS)
