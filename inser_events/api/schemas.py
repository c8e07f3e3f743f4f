"""Shapes of the check-in API, for its description only: the hot path reads and writes JSON by itself."""

from marshmallow import INCLUDE, fields, validate
from marshmallow import Schema as StrictSchema

from inser_events.checkin.models import Direction, Outcome
from inser_events.checkin.uploads import LONGEST_REASON, MOST_SCANS

OUTCOMES = [outcome.value for outcome in Outcome]


class Schema(StrictSchema):
    """A shape that may grow: readers skip what they do not know."""

    class Meta:
        """Said in the description as additionalProperties."""

        unknown = INCLUDE


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    reason = fields.String(metadata={"description": "401 only: unknown, revoked or expired."})


class ScanSchema(Schema):
    """One scan as the device made it."""

    id = fields.UUID(required=True, metadata={"description": "Made on the device. Sent again: the stored answer."})
    checkpoint = fields.String(required=True, metadata={"description": "Id of a checkpoint of the snapshot."})
    ticket = fields.String(required=True, metadata={"description": "The text that was read, or the token in it."})
    direction = fields.String(
        load_default="in", validate=validate.OneOf([way.value for way in Direction]),
    )  # fmt: skip
    scanned_at = fields.String(
        required=True, metadata={"format": "date-time", "description": "By the device's clock; corrected by sent_at."}
    )
    offline = fields.Boolean(load_default=False, metadata={"description": "The device decided without the server."})
    shown = fields.String(
        validate=validate.OneOf(OUTCOMES), metadata={"description": "Optional: the outcome that the device showed."}
    )
    reason = fields.String(
        validate=validate.Length(max=LONGEST_REASON),
        metadata={"description": "Optional: why staff let the person in against a rule, where that is allowed."},
    )
    undoes = fields.UUID(metadata={"description": "Optional: takes back the scan with this id, within 15 minutes."})


class UploadSchema(Schema):
    """A batch of scans; an empty one is a sign of life."""

    scans = fields.List(fields.Nested(ScanSchema), required=True, validate=validate.Length(max=MOST_SCANS))
    sent_at = fields.String(
        metadata={"format": "date-time", "description": "Optional: the device's clock now; corrects scanned_at."}
    )
    waiting = fields.Integer(metadata={"description": "Optional: scans that the device still keeps after this batch."})


class HolderSchema(Schema):
    """Whose ticket it is."""

    name = fields.String(required=True)
    organisation = fields.String(required=True)
    category = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(["in_person", "online"]))


class PreviousSchema(Schema):
    """The passage that made this one a second one."""

    at = fields.DateTime(required=True)
    checkpoint = fields.String(required=True)
    checkpoint_name = fields.String(required=True)


class ResultSchema(Schema):
    """The answer to one scan: an outcome, or for an entry that is no scan an error."""

    id = fields.String(required=True, allow_none=True)
    outcome = fields.String(validate=validate.OneOf(OUTCOMES))
    registration = fields.Nested(HolderSchema, allow_none=True)
    first_admitted_at = fields.DateTime(allow_none=True)
    message = fields.String(required=True)
    detail = fields.String(
        metadata={"description": "Why, where an outcome has several causes: not_signed_up, too_early …"}
    )
    previous = fields.Nested(PreviousSchema)
    error = fields.Nested(ProblemSchema)


class ResultsSchema(Schema):
    """The answers, in the order of the scans."""

    results = fields.List(fields.Nested(ResultSchema), required=True)
    flagged = fields.List(
        fields.String(), required=True, metadata={"description": "Ids that came before with other content."}
    )
    server_time = fields.DateTime(required=True)


class CheckpointSchema(Schema):
    """A door and who may pass."""

    id = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    area = fields.String(required=True)
    direction = fields.String(required=True, validate=validate.OneOf(["in", "out", "both"]))
    modes = fields.List(fields.String(), allow_none=True)
    categories = fields.List(fields.String(), allow_none=True)
    sessions = fields.List(
        fields.String(), allow_none=True, metadata={"description": "Only those who have a seat in one of these."}
    )
    opens_at = fields.DateTime(allow_none=True)
    closes_at = fields.DateTime(allow_none=True)
    days = fields.List(fields.Date(), allow_none=True)
    hours = fields.List(
        fields.String(),
        allow_none=True,
        validate=validate.Length(equal=2),
        metadata={"description": "From and until, by the clock in zone; past midnight when until comes first."},
    )
    zone = fields.String(required=True)
    override = fields.Boolean()
    capacity = fields.Integer(allow_none=True, metadata={"description": "How many the area behind the door holds."})


class SnapshotSchema(Schema):
    """Everything a device needs to decide alone. With ``since``, only the buckets that differ."""

    marker = fields.String(required=True, metadata={"description": "Send it as since= next time."})
    server_time = fields.DateTime(required=True)
    refresh_seconds = fields.Integer(required=True)
    event = fields.Dict(
        required=True, metadata={"description": "name, slug, time_zone, days, and ticket_key in base64."}
    )
    checkpoints = fields.List(fields.Nested(CheckpointSchema), required=True)
    columns = fields.List(fields.String(), required=True, metadata={"description": "What stands in each row."})
    buckets = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.List(fields.Raw())),
        required=True,
        metadata={"description": "Registrations by bucket; a bucket that is given replaces the one the device has."},
    )
    people = fields.Integer(required=True)
