"""What proves something: photos and papers, told by their content, never by their name, and bounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import puremagic
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from headrace.base import files
from headrace.base.models import Organisation

BYTES_MAX = 10 << 20
HEAD_BYTES = 1 << 16
# Every browser shows these; none of them runs anything.
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp")


class KeptProof(models.Model):
    """A photo or a PDF; its bytes are kept by their hash, outside of what a web server serves."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    # What the content is, whatever the name says.
    media_type = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    size_bytes = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


class ProofsInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ProofsField(forms.FileField):
    """One photo or PDF, or several up to `count_max`; each is looked into."""

    widget = ProofsInput(attrs={"accept": ",".join(MEDIA_TYPES)})

    def __init__(self, *, count_max: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.count_max = count_max

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        given = [super(ProofsField, self).clean(one, initial) for one in data or [None]]
        found = [file for file in given if file is not None]
        if len(found) > self.count_max:
            raise ValidationError(_("At most %(limit)s files can be given.") % {"limit": self.count_max})
        for file in found:
            media_type_of(file)
        return found


def media_type_of(file: UploadedFile[bytes]) -> str:
    """What the content of an upload is. Raises ValidationError with what would be right."""
    if not file.size:
        raise ValidationError(_("The file is empty. Choose a photo or a PDF."))
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


def kept(uploads: Sequence[UploadedFile[bytes]]) -> list[dict[str, Any]]:
    """Keeps the bytes of each; gives the fields of its `KeptProof`. Raises ValidationError as `media_type_of`."""
    media_types = [media_type_of(upload) for upload in uploads]
    return [
        {
            "sha256": files.keep(upload.chunks()),
            "media_type": media_type,
            "name": (upload.name or "")[-255:],
            "size_bytes": upload.size or 0,
        }
        for upload, media_type in zip(uploads, media_types, strict=True)
    ]


def response(proof: KeptProof) -> HttpResponse:
    """The bytes of a proof, as the kind that their content is: nothing in them runs."""
    found = HttpResponse(files.path_of(proof.sha256).read_bytes(), content_type=proof.media_type)
    found["Content-Disposition"] = content_disposition_header(False, proof.name or "proof") or "inline"
    found["Content-Security-Policy"] = "default-src 'none'; sandbox"
    found["Cache-Control"] = "private, max-age=3600"
    return found
