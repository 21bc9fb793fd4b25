"""What a centre entrusts to someone: roles, and for a juror the college and the union that designates them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from vae_portal.errors import InputRefused
from vae_portal.persistence.tables import Person
from workflows.vocabulary import GIVEN_BY_A_CENTRE, College, Role


@dataclass(frozen=True, slots=True)
class Post:
    """What a centre entrusts to someone: roles, and for a juror the college and the union that designates them."""

    roles: frozenset[Role]
    college: College | None = None
    union_name: str = ""

    def checked(self) -> Post:
        """The same, without what does not apply; raises InputRefused by field when something is missing."""
        roles = self.roles & set(GIVEN_BY_A_CENTRE)
        if not roles:
            raise refused("roles", "Choisissez au moins un rôle.")
        if Role.JURY_MEMBER not in roles:
            return Post(roles)
        if self.college is None:
            raise refused("college", "Choisissez le collège de ce membre du jury.")
        if self.college is College.EMPLOYERS:
            return Post(roles, self.college)
        if not self.union_name.strip():
            raise refused("union_name", "Indiquez l'organisation syndicale qui désigne ce membre du collège salariés.")
        return Post(roles, self.college, self.union_name.strip())

    @property
    def codes(self) -> list[str]:
        """Codes of the roles, sorted."""
        return sorted(role.value for role in self.roles)


def post_of(person: Person) -> Post:
    """What a person does in the centre now."""
    college = College(person.college) if person.college else None
    roles = frozenset(Role(held.role) for held in person.roles) - {Role.CANDIDATE}
    return Post(roles, college, person.union_name)


def fingerprint(post: Post) -> str:
    """What a form showed, to see whether someone changed it in between."""
    told = "|".join([*post.codes, str(post.college), post.union_name])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def role_codes(codes: Iterable[str]) -> frozenset[Role]:
    """Roles that a form named, unknown codes left out."""
    return frozenset(role for role in GIVEN_BY_A_CENTRE if role.value in set(codes))


def refused(field: str, sentence: str) -> InputRefused:
    """What is wrong with one field."""
    return InputRefused(sentence, {field: sentence})
