"""A request's line as JSON, written from its fields in one go.

Powertools' formatter copies and walks every line four times, for options that the collector has not
set, and this line is part of what every request costs. Anything else but a plain line (an exception,
arguments) is left to it.
"""

import logging
from typing import Any

import orjson
from aws_lambda_powertools.logging.formatter import RESERVED_LOG_ATTRS, LambdaPowertoolsFormatter


class RequestLines(LambdaPowertoolsFormatter):
    """Powertools' format, quickly: the same fields in the same order, none that is None."""

    def __init__(self) -> None:
        super().__init__(json_serializer=_serialized)

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        if record.exc_info or record.args:
            return super().format(record)
        line: dict[str, Any] = {
            "level": record.levelname,
            "message": record.msg,
            "timestamp": self.formatTime(record),
            "service": self.log_format["service"],
        }
        for name, value in record.__dict__.items():
            if value is not None and name not in RESERVED_LOG_ATTRS:
                line[name] = value
        if trace_id := self._get_latest_trace_id():
            line["xray_trace_id"] = trace_id
        return _serialized(line)


def _serialized(line: Any) -> str:
    return orjson.dumps(line, str, orjson.OPT_NON_STR_KEYS).decode()
