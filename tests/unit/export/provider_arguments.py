"""The arguments that Terraform's AWS provider knows, version 6.31.0 of 2026-02-04.

By its documentation: each kind of resource, and each block in it, with its arguments.
https://registry.terraform.io/providers/hashicorp/aws/6.31.0/docs/resources/dynamodb_table
"""

from __future__ import annotations

META = {"lifecycle": {"prevent_destroy", "ignore_changes"}}

UNITS = {"read_units_per_second", "write_units_per_second"}
MOST = {"max_read_request_units", "max_write_request_units"}

TABLE: dict[str, set[str]] = {
    "": {
        *("name", "hash_key", "range_key", "billing_mode", "read_capacity", "write_capacity", "attribute"),
        *("global_secondary_index", "local_secondary_index", "on_demand_throughput", "warm_throughput"),
        *("deletion_protection_enabled", "import_table", "global_table_witness", "point_in_time_recovery"),
        *("replica", "server_side_encryption", "stream_enabled", "stream_view_type", "table_class", "tags"),
        *("ttl", "region", "restore_date_time", "restore_source_name", "restore_source_table_arn"),
        *("restore_to_latest_time", "lifecycle"),
    },
    "attribute": {"name", "type"},
    "global_secondary_index": {
        *("name", "key_schema", "projection_type", "non_key_attributes", "on_demand_throughput"),
        *("read_capacity", "write_capacity", "warm_throughput"),
    },
    "global_secondary_index.key_schema": {"attribute_name", "key_type"},
    "global_secondary_index.on_demand_throughput": MOST,
    "global_secondary_index.warm_throughput": UNITS,
    "global_table_witness": {"region_name"},
    "import_table": {"input_compression_type", "input_format", "input_format_options", "s3_bucket_source"},
    "import_table.input_format_options": {"csv"},
    "import_table.input_format_options.csv": {"delimiter", "header_list"},
    "import_table.s3_bucket_source": {"bucket", "bucket_owner", "key_prefix"},
    "lifecycle": META["lifecycle"],
    "local_secondary_index": {"name", "range_key", "projection_type", "non_key_attributes"},
    "on_demand_throughput": MOST,
    "point_in_time_recovery": {"enabled", "recovery_period_in_days"},
    "replica": {
        *("region_name", "kms_key_arn", "point_in_time_recovery", "deletion_protection_enabled"),
        *("propagate_tags", "consistency_mode"),
    },
    "server_side_encryption": {"enabled", "kms_key_arn"},
    "ttl": {"attribute_name", "enabled"},
    "warm_throughput": UNITS,
}

TRACKING = "target_tracking_scaling_policy_configuration"

ARGUMENTS: dict[str, dict[str, set[str]]] = {
    "data.aws_kms_key": {"": {"region", "key_id", "grant_tokens"}},
    "aws_dynamodb_table": TABLE,
    "aws_appautoscaling_target": {
        "": {
            *("service_namespace", "resource_id", "scalable_dimension", "min_capacity", "max_capacity"),
            *("region", "role_arn", "suspended_state", "tags"),
        }
    },
    "aws_appautoscaling_policy": {
        "": {
            *("name", "policy_type", "resource_id", "scalable_dimension", "service_namespace", "region"),
            TRACKING,
        },
        TRACKING: {
            *("target_value", "disable_scale_in", "scale_in_cooldown", "scale_out_cooldown"),
            "predefined_metric_specification",
        },
        f"{TRACKING}.predefined_metric_specification": {"predefined_metric_type", "resource_label"},
    },
    "aws_dynamodb_contributor_insights": {"": {"region", "table_name", "index_name", "mode"}},
    "aws_dynamodb_kinesis_streaming_destination": {
        "": {"region", "table_name", "stream_arn", "approximate_creation_date_time_precision"}
    },
    "aws_dynamodb_resource_policy": {
        "": {"region", "resource_arn", "policy", "confirm_remove_self_resource_access"}
    },
}
