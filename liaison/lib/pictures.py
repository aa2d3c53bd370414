"""Pictures made small and plain before anybody sees them: a JPEG of bounded size, upright, without the place, time and
camera that phones write into it. Decoding also proves that the file is a picture and nothing else."""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from liaison.lib.uploads import check_upload

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Pixels as the header says them, looked at before anything is unpacked: a file of 50 kB can unpack to gigabytes.
MOST_PIXELS = 52_000_000  # the 50 megapixels of a phone; JPEG is decoded at the size wanted
MOST_UNPACKED = 25_000_000  # PNG, WebP and GIF are decoded whole
HEIC = "是苹果手机的 HEIC 格式，多数电脑和手机打不开。请在手机“设置—相机—格式”里选“兼容性最佳”后重拍，或用微信发送后另存为 jpg 再上传。"


def small_jpeg(file: UploadedFile, *, most_side: int, quality: int = 85) -> bytes:
    """``file`` as a JPEG whose longer side is at most ``most_side``; ValidationError with a plain reason."""
    kind = check_upload(file)
    if kind.extension == ".heic":
        raise ValidationError(f"“{kind.name}”{HEIC}")
    if not kind.media_type.startswith("image/"):
        raise ValidationError(f"“{kind.name}”不是图片。请上传 jpg、png 或 webp 图片。")
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit is ours, below
            with Image.open(cast("BinaryIO", file), formats=FORMATS) as picture:
                return _jpeg(picture, kind.name, most_side, quality)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise ValidationError(f"“{kind.name}”的尺寸太大，请缩小后再传。") from error
    except Exception as error:  # whatever made-up files make decoders raise
        raise ValidationError(f"“{kind.name}”打不开，可能已损坏。请换一张，或截图后再传。") from error
    finally:
        file.seek(0)


def _jpeg(picture: Image.Image, name: str, most_side: int, quality: int) -> bytes:
    width, height = picture.size
    most = MOST_PIXELS if picture.format == "JPEG" else MOST_UNPACKED
    if width * height > most:
        raise ValidationError(f"“{name}”有 {width}×{height} 像素，太大了，请缩小后再传。")
    picture.draft("RGB", (most_side, most_side))  # a JPEG is decoded at the next size above; others ignore it
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        ground = Image.new("RGBA", upright.size, "white")
        ground.alpha_composite(upright.convert("RGBA"))
        upright = ground
    plain = upright.convert("RGB")
    plain.thumbnail((most_side, most_side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    # A new image carries nothing over: no EXIF, no colour profile, no comment.
    Image.frombytes("RGB", plain.size, plain.tobytes()).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
