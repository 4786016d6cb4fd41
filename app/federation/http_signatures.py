"""HTTP signatures as deployed: draft-cavage-12 beside RFC 9421, both ways. Sans-I/O.

What is sent, and what is asked of others: protocol.md §4.
"""

from app.federation import cavage, message_signatures
from app.federation.keys import RsaSigner
from app.federation.signatures import Scheme, Signature, SignedRequest
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal


def sign(
    method: str, url: str, now: Instant, body: bytes | None, signer: RsaSigner, scheme: Scheme = Scheme.CAVAGE
) -> dict[str, str]:
    """The headers to send, signed by `scheme`.

    The media type of a body is `application/activity+json`; `body` None means GET.
    """
    way = cavage.sign if scheme is Scheme.CAVAGE else message_signatures.sign
    return way(method, url, now, body, signer)


def parse(
    request: SignedRequest, now: Instant, origin: str, *, public: bool = False
) -> tuple[Signature | Refusal, ...] | Refusal:
    """The signatures of a request to us at `origin`; each one that fails a check that needs no key is refused.

    A GET of what is `public` may have left its query out of the signature, as some servers do (hostile A32).
    """
    refused = request.check_headers()
    if refused is not None:
        return refused
    forgive_query = public and request.method == "GET"
    if request.value("signature") is None:
        return Refusal("sig.missing", "the request is not signed")
    if request.value("signature-input") is not None:
        return message_signatures.parse(request, now, origin, forgive_query=forgive_query)
    return (cavage.parse(request, now, origin, forgive_query=forgive_query),)
