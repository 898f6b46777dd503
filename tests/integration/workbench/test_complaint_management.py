"""The access patterns of "ComplaintManagement": three indexes on plain attributes, two of them sparse.

"Find complaints by severity and state" is a scan with a filter; it is answered when there is a verb to scan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

import pytest

from dynakit import Entity, Repository
from tests.integration.workbench.complaints import COMPLAINTS, Communication, Complaint, complaints
from tests.integration.workbench.models import Loaded, access_patterns, canonical, loaded
from tests.integration.workbench.printed import Printed, Term
from tests.integration.workbench.readings import Row


@pytest.fixture(scope="module")
def stored(dynamodb_local: str) -> Generator[Loaded]:
    with loaded(dynamodb_local, COMPLAINTS.file, complaints) as found:
        yield found


def entities(stored: Loaded, sort: str, *terms: Term) -> list[Entity]:
    """The raw rows that meet the terms and have the index's sort key, in its order, as entities."""
    rows = [row for row in Printed(None, terms).rows(stored.model.rows) if sort in row]
    return COMPLAINTS.entities(sorted(rows, key=lambda row: row[sort]["S"].encode()))


def values(rows: tuple[Row, ...], attribute: str) -> Counter[str]:
    """How often each value of an attribute stands in the rows."""
    return Counter(row[attribute]["S"] for row in rows if attribute in row)


def test_the_patterns_are_those_answered_here_and_one_scan() -> None:
    assert [(row["Access pattern"], row["Operation"]) for row in access_patterns(COMPLAINTS.readme)] == [
        ("Get complaint metadata", "GetItem"),
        ("Get all communications for a complaint", "Query"),
        ("Get all complaints for a customer", "Query"),
        ("Find complaints escalated to an agent", "Query"),
        ("View agent's communication history", "Query"),
        ("Find complaints by severity and state", "Scan"),
        ("Track complaint state changes", "Query"),
    ]


def test_get_complaint_metadata(stored: Loaded) -> None:
    repository = Repository(stored.db, Complaint)
    found = values(stored.model.rows, "complaint_id")
    assert len(found) == 4
    for complaint_id in found:
        wanted = entities(stored, "SK", Term("PK", "=", complaint_id), Term("SK", "=", "metadata"))
        assert [repository.require(Complaint.primary(complaint_id=complaint_id))] == wanted


def test_get_all_communications_for_a_complaint(stored: Loaded) -> None:
    repository = Repository(stored.db, Communication)
    counts: list[int] = []
    for complaint_id in sorted(values(stored.model.rows, "complaint_id")):
        wanted = entities(stored, "SK", Term("PK", "=", complaint_id), Term("SK", "begins_with", "comm#"))
        assert repository.all(Communication.primary(complaint_id=complaint_id)) == wanted
        counts.append(len(wanted))
    assert counts == [0, 2, 1, 2]


def test_get_all_complaints_for_a_customer(stored: Loaded) -> None:
    repository, counts = Repository(stored.db, Complaint), values(stored.model.rows, "customer_id")
    assert counts.total() == len(stored.raw.rows("Customer_Complaint_GSI")) == 4
    for customer_id, count in counts.items():
        found = repository.all(Complaint.by_customer(customer_id=customer_id))
        assert found == entities(stored, "complaint_id", Term("customer_id", "=", customer_id))
        assert len(found) == count


def test_find_complaints_escalated_to_an_agent(stored: Loaded) -> None:
    """The index holds only the complaints that were escalated."""
    repository, counts = Repository(stored.db, Complaint), values(stored.model.rows, "escalated_to")
    assert counts.total() == len(stored.raw.rows("Escalations_GSI")) == 2
    for agent, count in counts.items():
        found = repository.all(Complaint.by_escalation(Complaint.escalated_to == agent))
        assert found == entities(stored, "escalation_time", Term("escalated_to", "=", agent))
        assert len(found) == count


def test_view_the_communication_history_of_an_agent(stored: Loaded) -> None:
    """The index does not hold the communication that no agent wrote."""
    repository, counts = Repository(stored.db, Communication), values(stored.model.rows, "agentID")
    assert counts.total() == len(stored.raw.rows("Agents_Comments_GSI")) == 4
    for agent, count in counts.items():
        found = repository.all(Communication.by_agent(agent_id=agent))
        assert found == entities(stored, "comm_date", Term("agentID", "=", agent))
        assert len(found) == count


def test_track_the_state_changes_of_a_complaint(stored: Loaded) -> None:
    repository, found = Repository(stored.db, Communication), 0
    for complaint_id in values(stored.model.rows, "complaint_id"):
        history = Communication.primary(complaint_id=complaint_id)
        for state in values(stored.model.rows, "complaint_state"):
            wanted = entities(
                stored,
                "SK",
                Term("PK", "=", complaint_id),
                Term("SK", "begins_with", "comm#"),
                Term("complaint_state", "=", state),
            )
            assert repository.all(history.filter(Communication.complaint_state == state)) == wanted
            found += len(wanted)
    assert found == 5


def test_attachments_are_filtered_by_what_the_set_holds(stored: Loaded) -> None:
    repository = Repository(stored.db, Communication)
    for row in stored.model.rows:
        for attachment in row.get("attachments", {}).get("SS", ()):
            history = Communication.primary(complaint_id=row["PK"]["S"])
            found = repository.all(history.filter(Communication.attachments.contains(attachment)))
            assert COMPLAINTS.entity(row) in found
            assert all(attachment in one.attachments for one in found)


def test_the_whole_complaint_is_one_collection(stored: Loaded) -> None:
    for complaint_id in values(stored.model.rows, "complaint_id"):
        found = stored.db.collect([Complaint, Communication], complaint_id=complaint_id, foreign="refuse")
        assert found.items == entities(stored, "SK", Term("PK", "=", complaint_id))


def test_an_index_gains_and_loses_a_complaint_with_its_escalation(dynamodb_local: str) -> None:
    """Plain attributes are the index's keys: an update of one of them moves the item, and only that."""
    with loaded(dynamodb_local, COMPLAINTS.file, complaints) as stored:
        repository = Repository(stored.db, Complaint)
        for row in stored.model.rows:
            if "escalated_to" not in row:
                continue
            key = Complaint.primary(complaint_id=row["PK"]["S"])
            before = repository.require(key)
            assert before.escalated_to is not None
            query = Complaint.by_escalation(Complaint.escalated_to == before.escalated_to)
            held = repository.count(query)
            repository.update(key, Complaint.escalated_to.remove(), Complaint.escalation_time.remove())
            assert repository.count(query) == held - 1
            repository.update(
                key,
                Complaint.escalated_to.set(before.escalated_to),
                Complaint.escalation_time.set(before.escalation_time),
            )
            assert repository.count(query) == held
        assert stored.raw.rows() == canonical(stored.model.rows)
