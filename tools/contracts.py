"""Import contracts that import-linter does not bring: an allow-list of outside packages, rooms that stay apart."""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowedExternals(Contract):
    """The source package imports, from outside, only `allowed` and the standard library without `banned_standard`."""

    type_name = "allowed_externals"

    source_module = fields.StringField()
    allowed = fields.ListField(subfield=fields.StringField())
    banned_standard = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        permitted = (sys.stdlib_module_names - set(self.banned_standard or ())) | set(self.allowed)
        found = [
            (importer, imported)
            for importer in _within(graph, self.source_module)
            for imported in graph.find_modules_directly_imported_by(importer)
            if graph.is_module_squashed(imported) and imported.split(".")[0] not in permitted
        ]
        return ContractCheck(kept=not found, metadata={"found": sorted(found)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


class RoomsApart(Contract):
    """No package directly inside the container imports another one."""

    type_name = "rooms_apart"

    container = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        rooms = [child for child in graph.find_children(self.container) if graph.find_children(child)]
        found = [
            (importer, imported)
            for room in rooms
            for importer in _within(graph, room)
            for imported in graph.find_modules_directly_imported_by(importer)
            if any(imported == other or imported.startswith(f"{other}.") for other in rooms if other != room)
        ]
        return ContractCheck(kept=not found, metadata={"found": sorted(found)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


def _within(graph: ImportGraph, package: str) -> set[str]:
    return {package} | graph.find_descendants(package)


def _render(check: ContractCheck) -> None:
    for importer, imported in check.metadata["found"]:
        output.print_error(f"- {importer} imports {imported}", bold=False)
