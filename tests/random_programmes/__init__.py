"""Random programmes and facts over the whole language, for comparing backends.

All choices come from one `random.Random`: a seed names a case for good, and hypothesis can hand in a random
of its own, which it then shrinks.
"""

from .choices import Document, Rows
from .documents import random_document
from .rows import random_rows

__all__ = ["Document", "Rows", "random_document", "random_rows"]
