"""Fields and answers that several routes have; what is valid is for rules to say."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from idp.accounts.names import as_meant
from idp.core.hashing import MAX_TYPED_CHARACTERS
from idp.core.text import in_one_piece, without_ignorable
from idp.web.json.models import Answer

Address = Annotated[
    str, Field(max_length=254, description="An email address"), AfterValidator(as_meant)
]
Line = Annotated[str, Field(max_length=1000)]
LoginName = Annotated[str, Field(max_length=1000), AfterValidator(as_meant)]
WebAddress = Annotated[str, Field(max_length=2048, description="An https URL")]
Password = Annotated[str, Field(max_length=MAX_TYPED_CHARACTERS)]
Attributes = Annotated[
    dict[str, Any],
    Field(
        description="Values by key, of what operators define (`/api/admin/attributes`)"
    ),
]
REGISTRATION = "Proves at the confirmation of the address who signed up; keep it secret"
Registration = Annotated[
    str | None,
    Field(
        max_length=256, description="From the answer of the sign-up, if it is at hand"
    ),
]
MailedToken = Annotated[
    str,
    Field(max_length=8192, description="From the mailed link"),
    AfterValidator(without_ignorable),
]
ReturnUrl = Annotated[
    str | None,
    Field(
        max_length=2048,
        description="A page here or of a registered app, for after the link",
    ),
]
FactorCode = Annotated[
    str,
    Field(max_length=64, description="Spaces and dashes do not count"),
    AfterValidator(in_one_piece),
]
ChallengeAnswer = Annotated[
    str | None,
    Field(
        max_length=4096,
        description="What `challenge_required` asks for. Of `proof_of_work`: base64 of "
        'the JSON `{"challenge": …, "solution": {"counter": …, "derivedKey": …}}`. '
        "Of a service: what its widget gave.",
    ),
]
AcceptTerms = Annotated[
    bool,
    Field(
        description="A yes to the documents of `/account/terms`, which is wanted where "
        "there are some"
    ),
]
Cookies = Annotated[
    bool, Field(description="Keep the refresh token in a cookie, and begin a session")
]


class VerificationSent(Answer):
    """A mail is on its way to whoever owns the address."""

    status: Literal["verification_sent"] = "verification_sent"
    registration: str = Field(description=REGISTRATION)
