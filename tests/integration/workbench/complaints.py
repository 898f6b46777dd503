"""Entities for the model "ComplaintManagement": three indexes on plain attributes, two of them sparse."""

from __future__ import annotations

from datetime import datetime

from dynakit import Attr, Entity, Index, Key, Table, attr, naive_iso
from tests.integration.workbench.readings import (
    Domain,
    Readings,
    Row,
    moment,
    moment_or_none,
    text,
    text_or_none,
    texts,
)

complaints = Table(
    "Complaint_management_system",
    pk="PK",
    sk="SK",
    indexes=[
        Index("Customer_Complaint_GSI", pk="customer_id", sk="complaint_id"),
        Index("Escalations_GSI", pk="escalated_to", sk="escalation_time"),
        Index("Agents_Comments_GSI", pk="agentID", sk="comm_date"),
    ],
    type_attribute=None,
    token_attribute=None,
)


class Complaint(Entity, table=complaints):
    primary = Key("{complaint_id:raw}", "metadata")
    by_customer = Key("{customer_id}", "{complaint_id}", index="Customer_Complaint_GSI")
    by_escalation = Key("{escalated_to}", "{escalation_time}", index="Escalations_GSI")

    complaint_id: Attr[str]
    customer_id: Attr[str]
    current_state: Attr[str]
    creation_time: Attr[datetime] = attr(stored_as=naive_iso)
    severity: Attr[str]
    complaint_description: Attr[str]
    escalated_to: Attr[str | None] = attr(default=None)
    escalation_time: Attr[datetime | None] = attr(default=None, stored_as=naive_iso)


class Communication(Entity, table=complaints):
    primary = Key("{complaint_id:raw}", "comm#{comm_date:raw}#{comm_id:raw}")
    by_agent = Key("{agent_id}", "{comm_date}", index="Agents_Comments_GSI")

    complaint_id: Attr[str] = attr(key_only=True)
    comm_id: Attr[str]
    comm_date: Attr[datetime] = attr(stored_as=naive_iso)
    complaint_state: Attr[str]
    comm_text: Attr[str]
    attachments: Attr[set[str]] = attr(default_factory=set[str])
    agent_id: Attr[str | None] = attr(name="agentID", default=None)


READINGS: Readings = {
    Complaint: {
        "complaint_id": text("complaint_id"),
        "customer_id": text("customer_id"),
        "current_state": text("current_state"),
        "creation_time": moment("creation_time"),
        "severity": text("severity"),
        "complaint_description": text("complaint_description"),
        "escalated_to": text_or_none("escalated_to"),
        "escalation_time": moment_or_none("escalation_time"),
    },
    Communication: {
        "complaint_id": text("PK"),
        "comm_id": text("comm_id"),
        "comm_date": moment("comm_date"),
        "complaint_state": text("complaint_state"),
        "comm_text": text("comm_text"),
        "attachments": texts("attachments"),
        "agent_id": text_or_none("agentID"),
    },
}


def kind(row: Row) -> type[Entity]:
    """Tell by the sort key."""
    return Complaint if row["SK"]["S"] == "metadata" else Communication


COMPLAINTS = Domain(
    "aws-dynamodb-examples/schema_design/SchemaExamples/ComplainManagement/ComplaintManagementSchema.json",
    "aws-dynamodb-examples/schema_design/SchemaExamples/ComplainManagement/README.md",
    complaints,
    READINGS,
    kind,
)
