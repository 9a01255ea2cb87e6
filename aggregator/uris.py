"""Which ids feeds can repeat without a validator finding fault."""

import re

# What RFC 2396 allows. Of URNs that by which they were first defined (RFC 2141), of tags the
# spelling that is advised (RFC 4151): the W3C's validator knows no other.
_PCHAR = r"[\w;/?:@&=+$.!~*'()%,-]"
_SOUND = re.compile(
    rf"""
      urn:uuid:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}
    | urn:(?!uuid:)[a-z0-9][a-z0-9-]{{1,31}}:(?:[\w()+,.:=@;$!*'-]|%[0-9a-f]{{2}})+
    | (?-i:tag:(?:[a-z0-9._-]+@)?[a-z0-9.-]+,\d{{4}}(?:-\d\d){{0,2}}:){_PCHAR}*(?:\#{_PCHAR}*)?
    | (?:https?|ftp)://(?!/)(?:{_PCHAR}|\#)+
    | (?!(?:urn|tag|https?|ftp):)[a-z][a-z0-9+.-]*:(?:{_PCHAR}|\#)+
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def is_sound(identifier: str) -> bool:
    """Whether an id is an absolute URI of the shape that its scheme asks for."""
    return bool(_SOUND.fullmatch(identifier))
