from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "headrace.books"
    label = "books"
