"""Fields that several bodies have; what they may hold is for the rules to say."""

from typing import Annotated

from pydantic import Field

from idp.core.hashing import MAX_TYPED_CHARACTERS

Address = Annotated[str, Field(max_length=254, description="An email address")]
Line = Annotated[str, Field(max_length=1000)]
Password = Annotated[str, Field(max_length=MAX_TYPED_CHARACTERS)]
MailedToken = Annotated[str, Field(max_length=8192, description="From the mailed link")]
ReturnUrl = Annotated[
    str | None,
    Field(max_length=2048, description="A page here that the mailed link leads on to"),
]
Cookies = Annotated[
    bool, Field(description="Keep the refresh token in a cookie, and begin a session")
]
