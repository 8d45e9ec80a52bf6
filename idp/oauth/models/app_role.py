"""Roles that a client declares, and who has them."""

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model
from idp.core.randomness import new_id


class AppRole(Model):
    """One role of a client; its tokens say the name in the ``roles`` claim.

    With ``opens_client`` those who have it may use the client when it is restricted.
    """

    __tablename__ = "app_roles"
    __table_args__ = (UniqueConstraint("client_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE")
    )
    name: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(255), default="")
    opens_client: Mapped[bool] = mapped_column(default=False, server_default=false())


class AppRoleUser(Model):
    """A user has a role."""

    __tablename__ = "app_role_users"

    role_id: Mapped[str] = mapped_column(
        ForeignKey("app_roles.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AppRoleGroup(Model):
    """All members of a group have a role."""

    __tablename__ = "app_role_groups"

    role_id: Mapped[str] = mapped_column(
        ForeignKey("app_roles.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[str] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True, index=True
    )
