"""What the house promises of its rooms."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp


def test_no_module_imports_itself_in_a_circle_not_even_for_types_or_inside_a_function() -> None:
    graph = grimp.build_graph("jupyter_qwen", exclude_type_checking_imports=False, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert any(imports.values())
    TopologicalSorter(imports).prepare()  # CycleError names the circle
