"""What a proof may be: told by its content, never by its name; bounded before it is kept."""

from __future__ import annotations

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

BYTES_MAX = 10 << 20
HEAD_BYTES = 1 << 16
# Every browser shows these; none of them runs anything.
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp")


def media_type_of(file: UploadedFile[bytes]) -> str:
    """What the content of an upload is. Raises ValidationError with what would be right."""
    if not file.size:
        raise ValidationError(_("The file is empty. Choose a photo or a PDF of the invoice."))
    if file.size > BYTES_MAX:
        raise ValidationError(
            _("The file has %(size)s MB; at most %(limit)s MB can be kept.")
            % {"size": -(-file.size // (1 << 20)), "limit": BYTES_MAX >> 20}
        )
    head = file.read(HEAD_BYTES)
    file.seek(0)
    found = {one.mime_type for one in _matches(head)}
    for media_type in MEDIA_TYPES:
        if media_type in found:
            return media_type
    raise ValidationError(_("The file is no photo and no PDF. A JPEG, PNG, WebP or PDF would be right."))


def _matches(head: bytes) -> list[puremagic.PureMagicWithConfidence]:
    """What the first bytes may be of; the name is not told, as it proves nothing."""
    try:
        return [one for one in puremagic.magic_string(head) if one.confidence >= 0.3]
    except puremagic.PureError:
        return []
