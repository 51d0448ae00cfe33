"""The npm packages that the prebuilt front end bundles, as CycloneDX: `python -m release.front_end_sbom WHEEL OUTPUT.json`.

They are those of third-party-licenses.json, which JupyterLab's builder writes beside the bundles and JupyterLab shows
under Help, Licenses. https://cyclonedx.org/specification/overview
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import AttachedText, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

LICENCES = "third-party-licenses.json"


def bundled(wheel: Path) -> list[dict[str, Any]]:
    """name, versionInfo, licenseId and extractedText of each package. Raises KeyError for a wheel without the list."""
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if name.endswith(f"/static/{LICENCES}")]
        if not found:
            raise KeyError(f"{wheel.name} holds no {LICENCES}: was the front end built for production?")
        packages: list[dict[str, Any]] = json.loads(archive.read(found[0]))["packages"]
    return packages


def bill(wheel: Path) -> str:
    """The bill of materials as JSON, without a time or a serial number of its own, so that it can be compared."""
    name, version, *_ = wheel.name.split("-")
    licences = LicenseFactory()
    root = Component(name=name, version=version, type=ComponentType.APPLICATION, bom_ref=f"pypi:{name}")
    bom = Bom(components=[_component(licences, package) for package in bundled(wheel)])
    bom.metadata.component = root
    bom.dependencies.add(Dependency(root.bom_ref, [Dependency(item.bom_ref) for item in bom.components]))
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["serialNumber"], document["metadata"]["timestamp"]
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _component(licences: LicenseFactory, package: dict[str, Any]) -> Component:
    group, _, name = package["name"].rpartition("/")
    purl = PackageURL("npm", group or None, name, package["versionInfo"])
    text = AttachedText(content=package["extractedText"]) if package["extractedText"] else None
    return Component(
        name=name,
        group=group or None,
        version=package["versionInfo"],
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        licenses=[licences.make_with_id(package["licenseId"], text=text, url=_spdx(package["licenseId"]))],
    )


def _spdx(identifier: str) -> XsUri:
    return XsUri(f"https://spdx.org/licenses/{identifier}.html")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    wheel, output = map(Path, arguments)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(bill(wheel), encoding="utf-8")
    print(f"{output}: {len(bundled(wheel))} packages")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
