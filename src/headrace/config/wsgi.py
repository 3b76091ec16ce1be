"""The WSGI application: `gunicorn headrace.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from headrace.base.whole_bodies import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headrace.config.settings")

application = whole_bodies(get_wsgi_application())
