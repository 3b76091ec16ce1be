"""The WSGI application: `gunicorn headrace.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headrace.config.settings")

application = get_wsgi_application()
