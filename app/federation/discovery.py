"""How others find us: WebFinger, host-meta, NodeInfo."""

from urllib.parse import urlsplit

from app.federation.documents import ACTIVITY_JSON, AS2, READS_ACTS, is_activity_type
from app.kernel.canonical import Document
from app.kernel.ids import Id, parse_id
from app.kernel.refusal import Refusal

NODEINFO_VERSIONS = ("2.1", "2.0")
_NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/"


def actor_asked_for(resource: str, url: str) -> str | None:
    """The actor of ours that a WebFinger resource names, by `acct:` or by address; None if it is not ours."""
    host = urlsplit(url).netloc
    if resource.startswith(f"{url}/"):
        return resource
    name, at, domain = resource.removeprefix("acct:").lstrip("@").rpartition("@")
    if not at or domain.lower() != host:
        return None
    if name == "assembly":
        return f"{url}/assembly"
    return f"{url}/instance" if name in {"instance", host} else f"{url}/people/{name}"


def webfinger(username: str, actor_id: str) -> Document:
    """The JRD of one of our actors (RFC 7033)."""
    return {
        "subject": f"acct:{username}@{urlsplit(actor_id).netloc}",
        "aliases": [actor_id],
        "links": [
            {"rel": "self", "type": ACTIVITY_JSON, "href": actor_id},
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor_id},
        ],
    }


def actor_found(jrd: Document, handle: str, *, loopback: bool = False) -> Id | Refusal:
    """The actor that the answer to a WebFinger query for `name@host` names; `webfinger.form` if it names none.

    The subject must be the handle that was asked for, and the actor live on its host, or else the
    page would show one host for another (hostile B35).
    """
    links = jrd.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "self" and is_activity_type(str(link.get("type"))):
            actor = parse_id(link.get("href"), loopback=loopback)
            if isinstance(actor, Refusal):
                return actor
            named = str(jrd.get("subject")).lower() == f"acct:{handle}".lower()
            if not named or urlsplit(actor).netloc != handle.rpartition("@")[2].lower():
                return Refusal(
                    "webfinger.subject", f"asked for {handle}, got {str(jrd.get('subject'))[:80]} at {actor}"
                )
            return actor
    return Refusal("webfinger.form", f"{handle} has no actor")


def host_meta(url: str) -> str:
    """Where WebFinger is, for old clients (RFC 6415)."""
    template = f"{url}/.well-known/webfinger?resource={{uri}}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{template}"/>\n'
        "</XRD>\n"
    )


def nodeinfo_links(url: str) -> Document:
    """Where the NodeInfo documents are, and the instance's own actor (FEP-2677)."""
    links = [{"rel": f"{_NODEINFO}{version}", "href": f"{url}/nodeinfo/{version}"} for version in NODEINFO_VERSIONS]
    application = {"rel": f"{AS2}#Application", "href": f"{url}/instance"}
    return {"links": [*links, application]}


def nodeinfo(version: str, software: str, members: int, name: str) -> Document:
    """What this server is; the metadata repeats that it reads acts (protocol.md §1)."""
    program = {"name": "roundabout", "version": software}
    if version == "2.1":
        program["repository"] = "https://w3id.org/roundabout"
    return {
        "version": version,
        "software": program,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {"total": members}},
        "metadata": {"nodeName": name, "implements": [READS_ACTS]},
    }
