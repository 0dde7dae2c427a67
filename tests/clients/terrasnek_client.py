"""The reference server serves a client that nobody here wrote: terrasnek, unmodified.

Reads the line that `tfe-conformance serve` prints from standard input.
"""

import json
import sys

from terrasnek.api import TFC
from terrasnek.exceptions import TFCHTTPNotFound


def variable(workspace, organization, key, **attributes):
    """The payload of seed document 003: relationships to workspace and organization."""
    return {
        "data": {
            "type": "vars",
            "attributes": {"key": key, "value": "one", "category": "terraform", "hcl": False, "sensitive": False}
            | attributes,
            "relationships": {
                "organization": {"data": {"type": "organizations", "id": organization}},
                "workspace": {"data": {"type": "workspaces", "id": workspace}},
            },
        }
    }


def keys(answer):
    return sorted(item["attributes"]["key"] for item in answer["data"])


def main():
    server = json.loads(sys.stdin.readline())
    organization = server["organization"]
    api = TFC(server["tokens"]["user"], url=server["address"], skip_version_check=True)
    api.set_org(organization)

    name = "terrasnek-client"
    workspace = api.workspaces.create({"data": {"type": "workspaces", "attributes": {"name": name}}})["data"]["id"]
    try:
        first = api.vars.create(variable(workspace, organization, "first"))["data"]
        secret = api.vars.create(variable(workspace, organization, "secret", value="s3cr3t", sensitive=True))["data"]
        assert first["attributes"]["value"] == "one", first
        assert keys(api.vars.list(workspace_name=name)) == ["first", "secret"]
        assert "s3cr3t" not in json.dumps(api.vars.list(workspace_name=name))

        update = {"data": {"type": "vars", "id": first["id"], "attributes": {"value": "two", "hcl": True}}}
        updated = api.vars.update(first["id"], update)["data"]
        assert updated["id"] == first["id"], updated
        assert updated["attributes"] | {"value": "two", "hcl": True} == updated["attributes"], updated
        assert updated["attributes"]["key"] == "first", "omitted attributes are unchanged"

        api.vars.destroy(secret["id"])
        assert keys(api.vars.list(workspace_name=name)) == ["first"]
        try:
            api.vars.destroy(secret["id"])
        except TFCHTTPNotFound:
            pass
        else:
            raise AssertionError("a variable was deleted twice")
        api.vars.destroy(first["id"])
        assert keys(api.vars.list(workspace_name=name)) == []
    finally:
        api.workspaces.destroy(workspace_name=name)
    print("terrasnek: create, list, update and destroy work")


if __name__ == "__main__":
    main()
