"""Records what FastMCP makes of the cases in libs/openapi-mcp/test/fastmcp-facts: names, kinds, URIs and tags, as data.

It uses FastMCP's public interface only. Run it by hand with the version that the facts are to be of; see README.md.
"""

import asyncio
import json
import logging
import sys
from importlib.metadata import version
from pathlib import Path

import httpx2
import yaml
from fastmcp import FastMCP
from fastmcp.server.providers.openapi import MCPType, RouteMap

FOLDER = Path(__file__).resolve().parents[2] / "libs/openapi-mcp/test/fastmcp-facts"


def route_maps(config):
    return [
        RouteMap(
            methods="*" if "*" in one.get("methods", ["*"]) else one["methods"],
            pattern=one.get("pattern", ".*"),
            tags=set(one.get("tags", [])),
            mcp_type=MCPType[one.get("mcp_type", "TOOL")],
            mcp_tags=set(one.get("mcp_tags", [])),
        )
        for one in config.get("route_maps", [])
    ]


def route_map_fn(config):
    rules = config.get("route_map_fn", {}).get("rules", [])

    def holds(rule, route):
        return (
            ("path_contains" in rule and rule["path_contains"] in route.path)
            or ("path_starts_with" in rule and route.path.startswith(rule["path_starts_with"]))
            or ("method" in rule and rule["method"].upper() == route.method)
            or ("has_tag" in rule and rule["has_tag"] in route.tags)
        )

    def decide(route, _):
        for rule in rules:
            if holds(rule, route):
                return MCPType[rule.get("mcp_type", "TOOL")]
        return None

    return decide if rules else None


def kind_of(component):
    return {"OpenAPITool": "tool", "OpenAPIResource": "resource"}.get(type(component).__name__, "template")


def uri_of(component, kind):
    if kind == "tool":
        return {}
    return {"uri": str(component.uri if kind == "resource" else component.uri_template)}


async def answer(document, config):
    made = []

    def note(route, component):
        component.tags.update(config.get("mcp_component_fn", {}).get("add_tags", []))
        made.append((f"{route.method} {route.path}", component))

    async with httpx2.AsyncClient(base_url="http://upstream/v1") as client:
        try:
            server = FastMCP.from_openapi(
                document,
                client=client,
                route_maps=route_maps(config),
                route_map_fn=route_map_fn(config),
                mcp_names=config.get("mcp_names"),
                mcp_component_fn=note,
            )
        except Exception as error:  # noqa: BLE001 whatever it is, it is the fact
            return {"refused": type(error).__name__}
        listed = {
            "tool": [tool.name for tool in await server.list_tools()],
            "resource": [str(one.uri) for one in await server.list_resources()],
            "template": [one.uri_template for one in await server.list_resource_templates()],
        }
    facts = {}
    for operation, component in made:
        kind = kind_of(component)
        facts[operation] = {
            "kind": kind,
            "name": component.name,
            **uri_of(component, kind),
            "tags": sorted(component.tags),
        }
    return {"components": facts, "listed": {kind: len(names) for kind, names in listed.items()}}


async def main():
    answers = {}
    for file in sorted((FOLDER / "cases").glob("*.yaml")):
        case = yaml.safe_load(file.read_text("utf-8"))
        for configuration in case["configurations"]:
            document = (
                json.loads((FOLDER / "documents" / case["document_file"]).read_text("utf-8"))
                if "document_file" in case
                else yaml.safe_load(file.read_text("utf-8"))["document"]
            )
            key = f"{file.stem}: {configuration['title']}"
            answers[key] = await answer(document, configuration.get("config", {}))
            print(key, len(answers[key].get("components", {})), answers[key].get("refused", ""), file=sys.stderr)
    facts = {"fastmcp": version("fastmcp"), "answers": answers}
    (FOLDER / "facts.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")


logging.disable(logging.CRITICAL)
asyncio.run(main())
