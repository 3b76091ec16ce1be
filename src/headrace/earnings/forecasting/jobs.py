"""The daily job of the forecast."""

from headrace.base.models import Job
from headrace.earnings.forecasting.actions import forecast

FORECAST = "earnings.forecast"


def forecast_daily(job: Job) -> None:
    forecast(organisation=job.organisation)
