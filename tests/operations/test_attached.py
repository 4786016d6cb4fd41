"""A text to which its author attached a file: it is counted as any other, and read with a link to what is attached."""

from pathlib import Path

from starlette.testclient import TestClient

from app import verifier
from app.http.pages.confederation import stances
from app.main import build
from app.operations.confederation import counting
from app.operations.matters import proposing
from app.operations.record import bundling
from app.operations.record.sealing import load
from app.store import acts, agenda
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import done, found_council, settle_down


def test_what_has_a_file_attached_is_counted_everywhere_and_shown_with_a_link(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    river, hill, council = valley["Riverside"], valley["Hill"], valley["Valley"]
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    item = done(river.do(proposing.propose, river.people["ana"], draft))
    plan = f"{river.instance.url}/files/plan.md"  # which nobody can have any more
    file = {"type": "Document", "mediaType": "text/markdown", "url": plan, "name": "The plan", "gov:digest": "zQmPlan"}
    river.do(lambda c, _: agenda.set_details(c, item.id, {**item.details, "picture": file}))
    river.decide(done(river.do(proposing.amend, river.people["ana"], item.id, item.title, "The rest is attached.")))
    valley.deliver()
    brought = hill.item(Kind.ANSWER, "Winter fuel")
    for place in (hill, river):
        place.decide(place.item(Kind.ANSWER, "Winter fuel"))
        valley.deliver()
    counts = [done(done(one.do(counting.board, brought.act)).count) for one in (river, hill, council)]
    assert counts[0] == counts[1] == counts[2]
    assert counts[0].counts.agree == 2
    act = hill.read(lambda c: acts.by_reference(c, brought.act, brought.act_digest))
    assert act is not None
    assert load(act)["attachment"] == [file]
    bundle = tmp_path / "valley.gov.zip"
    bundle.write_bytes(done(council.do(bundling.export)))
    assert verifier.main([str(bundle)]) == 0
    with TestClient(build(hill.instance, with_worker=False), base_url=hill.instance.url) as client:
        page = client.get(stances.address_of(act), headers={"Accept": "text/html"}).text
    assert f'<a href="{plan}" rel="nofollow noopener noreferrer">{plan}</a>' in page
    assert "<bdi>The plan</bdi>" in page
