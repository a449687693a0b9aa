"""Guards pages that people without an account write into: small forms, and no trace outside this town."""

from typing import Any

from flask import Blueprint, Response, request

# Four thousand characters of Japanese and the rest of a form, as a browser sends them.
LARGEST_FORM = 64 * 1024


def guard_open_forms(
    blueprint: Blueprint, *, largest: int = LARGEST_FORM, robots: str = "noarchive"
) -> None:
    """Nobody writes more than ``largest`` bytes, and no other site, cache or archive learns of the visit."""

    def take_small_forms_only(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        request.max_content_length = largest

    def tell_nobody(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = robots
        return response

    blueprint.url_value_preprocessor(take_small_forms_only)
    blueprint.after_request(tell_nobody)
