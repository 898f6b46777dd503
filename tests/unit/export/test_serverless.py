"""``serverless.yml`` and SAM templates: names, variables, functions and what they may do."""

from __future__ import annotations

import pytest

from dynakit import DefinitionError, Replica, Stage, Table, TableSettings
from dynakit.deployment import deployment
from dynakit.export import cloudformation, sam, serverless
from dynakit.export.access import Access
from dynakit.export.iam import policy
from dynakit.export.printer import Document, as_yaml
from dynakit.export.routes import Route
from schemas.online_shop import Customer, Order, shop
from tests.unit.export.linting import faults
from tests.unit.export.tables_of_every_kind import EVERY_KIND, on_demand, provisioned

ROUTES = [
    Route("users", "app.users.handler", "/user/{proxy+}"),
    Route("users", "app.users.handler", "/user", "GET"),
    Route("posts", "app.posts.handler", "/post/{proxy+}"),
]

STATEMENTS: list[Document] = policy(
    [Access(Customer, "get", "put"), Access(Order.by_customer, "query")],
    tenant={"customer_id": "${aws:PrincipalTag/customer}"},
    arn=cloudformation.arn,
)["Statement"]


def test_the_whole_file_has_provider_functions_and_tables() -> None:
    found = serverless.export(
        [deployment(on_demand, "dev")],
        service="my shop!",
        region="eu-central-1",
        statements=[{"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "*"}],
        routes=ROUTES,
        runtime="python3.12",
    )
    tables = found.pop("resources")
    assert found == {
        "service": "my-shop",
        "configValidationMode": "error",
        "provider": {
            "name": "aws",
            "runtime": "python3.12",
            "stage": "dev",
            "region": "eu-central-1",
            "environment": {"ON_DEMAND_TABLE": {"Ref": "ondemand"}},
            "iam": {
                "role": {
                    "statements": [{"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "*"}],
                }
            },
        },
        "functions": {
            "users": {
                "handler": "app.users.handler",
                "events": [
                    {"httpApi": {"method": "*", "path": "/user/{proxy+}"}},
                    {"httpApi": {"method": "GET", "path": "/user"}},
                ],
            },
            "posts": {
                "handler": "app.posts.handler",
                "events": [{"httpApi": {"method": "*", "path": "/post/{proxy+}"}}],
            },
        },
    }
    assert tables == serverless.resources([deployment(on_demand, "dev")])


def test_a_file_says_only_what_is_told() -> None:
    found = serverless.export([deployment(Table("shop"))])
    assert list(found) == ["service", "configValidationMode", "provider", "resources"]
    assert found["provider"] == {"name": "aws", "runtime": "python3.13", "stage": "dev"}


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("BackendUsersDev", "BackendUsersDev"),
        ("my shop!", "my-shop"),
        ("my.shop_2", "my-shop-2"),
        ("2026 orders", "orders"),
        ("-x", "x-tables"),
        ("12", "service-tables"),
    ],
)
def test_a_service_has_a_name_of_letters_digits_and_hyphens(name: str, service: str) -> None:
    assert serverless.service_name(name) == service


def test_variables_of_aws_are_no_variables_of_the_file() -> None:
    found = serverless.export([deployment(provisioned), deployment(shop)], statements=STATEMENTS)
    text = as_yaml(found)
    assert r"table/\${provisioned}/index/GSI1" in text
    assert r"\${aws:PrincipalTag/customer}" in text
    assert "Fn::GetAtt" in text
    assert "\\\\${" not in text


def test_tables_of_several_stages_are_no_service() -> None:
    table = Table("shop", stages=[Stage("dev"), Stage("live")])
    with pytest.raises(DefinitionError, match="several stages"):
        serverless.export([deployment(table, "dev"), deployment(on_demand)])


def test_a_sam_template_has_functions_with_events_policies_and_the_names_of_tables() -> None:
    found = sam.export([deployment(on_demand)], routes=ROUTES, statements=STATEMENTS)
    assert found["Transform"] == "AWS::Serverless-2016-10-31"
    assert found["Globals"] == {
        "Function": {
            "Runtime": "python3.13",
            "Environment": {"Variables": {"ON_DEMAND_TABLE": {"Ref": "ondemand"}}},
        }
    }
    assert list(found["Resources"]) == ["ondemand", "users", "posts"]
    assert found["Resources"]["users"] == {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Handler": "app.users.handler",
            "CodeUri": ".",
            "Policies": [{"Version": "2012-10-17", "Statement": STATEMENTS}],
            "Events": {
                "Route1": {"Type": "HttpApi", "Properties": {"Path": "/user/{proxy+}", "Method": "ANY"}},
                "Route2": {"Type": "HttpApi", "Properties": {"Path": "/user", "Method": "GET"}},
            },
        },
    }


def test_a_sam_template_without_functions_is_the_template_of_the_tables() -> None:
    deployments = [deployment(table) for table in EVERY_KIND]
    found = sam.export(deployments)
    assert found.pop("Transform") == "AWS::Serverless-2016-10-31"
    assert found == cloudformation.export(deployments)


def test_the_linter_finds_nothing_in_a_sam_template() -> None:
    deployments = [deployment(table) for table in (shop, *EVERY_KIND)]
    assert faults(as_yaml(sam.export(deployments, routes=ROUTES, statements=STATEMENTS))) == []


def test_a_function_that_is_named_as_a_table_is_refused() -> None:
    with pytest.raises(DefinitionError, match="two things are named 'users'"):
        sam.export([deployment(Table("users"))], routes=ROUTES)


@pytest.mark.parametrize(
    ("function", "path", "message"), [("my-f", "/", "letters and digits"), ("f", "user", "expected '/…'")]
)
def test_a_route_that_no_template_can_have_is_refused(function: str, path: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Route(function, "app.handler", path)


def test_the_arn_of_a_table_of_the_template_is_asked_of_it() -> None:
    table = Table("my-shop", settings=TableSettings(replicas=[Replica(region="eu-west-1")]))
    assert cloudformation.arn(table) == {"Fn::GetAtt": ["myshop", "Arn"]}
    assert cloudformation.arn(table, "/index/GSI1") == {"Fn::Sub": "${myshop.Arn}/index/GSI1"}
