"""The properties of ``AWS::DynamoDB::Table``.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

from dynakit.deployment import Deployment
from dynakit.export.features import features, insights, resource_policy, time_to_live
from dynakit.properties import billing, indexes, keys, warm
from dynakit.settings import ImportSource
from dynakit.wire import Payload


def single_table(made: Deployment) -> Payload:
    """The properties of a table in one region."""
    return {
        "TableName": made.name,
        **keys(made),
        **billing(made.capacity),
        **warm(made.settings.warm_throughput),
        **_indexes(made),
        **_stream(made),
        **time_to_live(made.table.time_to_live),
        **_encryption(made),
        **features(made.settings),
        **_import(made),
    }


def _indexes(made: Deployment) -> Payload:
    found = indexes(made)
    for index, written in zip(made.global_indexes, found.get("GlobalSecondaryIndexes", ()), strict=True):
        written.update(insights(made.settings_of(index).contributor_insights))
    return found


def _stream(made: Deployment) -> Payload:
    if made.table.stream is None:
        return {}
    policy = resource_policy(made.settings.stream_policy)
    return {"StreamSpecification": {"StreamViewType": made.table.stream, **policy}}


def _encryption(made: Deployment) -> Payload:
    encryption = made.settings.encryption
    if encryption is None:
        return {}
    key = {} if encryption.key is None else {"KMSMasterKeyId": encryption.key}
    return {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", **key}}


def _import(made: Deployment) -> Payload:
    source = made.settings.import_source
    return {} if source is None else {"ImportSourceSpecification": import_source(source)}


def import_source(source: ImportSource) -> Payload:
    """The files that a new table is filled from, as the API and templates write them alike."""
    bucket = {"S3Bucket": source.bucket, "S3KeyPrefix": source.prefix, "S3BucketOwner": source.bucket_owner}
    found: Payload = {
        "S3BucketSource": {name: value for name, value in bucket.items() if value is not None},
        "InputFormat": source.format,
    }
    if source.compression is not None:
        found["InputCompressionType"] = source.compression
    if source.csv_delimiter or source.csv_header:
        csv = {"Delimiter": source.csv_delimiter, "HeaderList": list(source.csv_header)}
        found["InputFormatOptions"] = {"Csv": {name: value for name, value in csv.items() if value}}
    return found
