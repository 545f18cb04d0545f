#!/usr/bin/python3
"""Checks the basics of an SPDX 2.3 document, and that it names every library a program asks for.

Usage: check-sbom.py SBOM [PROGRAM...]
"""

import json
import re
import subprocess
import sys

with open(sys.argv[1]) as file:
    document = json.load(file)
faults = []


def expect(good, text):
    if not good:
        faults.append(text)


expect(document.get("spdxVersion") == "SPDX-2.3", "spdxVersion is not SPDX-2.3")
expect(document.get("dataLicense") == "CC0-1.0", "dataLicense is not CC0-1.0")
expect(document.get("SPDXID") == "SPDXRef-DOCUMENT", "the document's SPDXID is another")
expect(re.match(r"[a-z]+:[^#]+$", document.get("documentNamespace", "")), "documentNamespace is no URI")
creation = document.get("creationInfo", {})
expect(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", creation.get("created", "")), "created is no UTC time")
expect(creation.get("creators"), "creators is empty")

packages = {}
for package in document.get("packages", []):
    name = package.get("name", "?")
    expect(re.match(r"SPDXRef-[A-Za-z0-9.-]+$", package.get("SPDXID", "")), f"{name}: SPDXID {package.get('SPDXID')}")
    expect(package.get("SPDXID") not in packages, f"{name}: SPDXID is there twice")
    packages[package.get("SPDXID")] = package
    for field in ("versionInfo", "downloadLocation", "licenseDeclared", "licenseConcluded", "copyrightText"):
        expect(package.get(field), f"{name}: no {field}")
    expect(package.get("versionInfo") != "unknown", f"{name}: its version is not known")
    locators = [ref["referenceLocator"] for ref in package.get("externalRefs", []) if ref["referenceType"] == "purl"]
    expect(len(locators) == 1 and re.match(r"pkg:[a-z]+/\S+@\S+$", locators[0]), f"{name}: no purl")

known = set(packages) | {"SPDXRef-DOCUMENT"}
for link in document.get("relationships", []):
    expect(link["spdxElementId"] in known and link["relatedSpdxElement"] in known, f"{link} leads nowhere")
described = [link for link in document.get("relationships", []) if link["relationshipType"] == "DESCRIBES"]
expect(len(described) == 1, "not one package is described")
expect("SPDXRef-Swift-runtime" in packages, "the Swift runtime is missing")

names = {package["name"] for package in packages.values()}
for program in sys.argv[2:]:
    listed = subprocess.run(["objdump", "-p", program], check=True, capture_output=True, text=True).stdout
    for soname in re.findall(r"NEEDED\s+(\S+)", listed):
        if "swift" in soname.lower() or "Foundation" in soname or soname in ("libdispatch.so", "libBlocksRuntime.so"):
            continue
        search = subprocess.run(["dpkg-query", "-S", f"*/{soname}"], capture_output=True, text=True).stdout
        owners = {line.split(":")[0] for line in search.splitlines()}
        expect(owners & names, f"{soname} of {program} is not there")

for fault in faults:
    print(f"{sys.argv[1]}: {fault}")
if not faults:
    print(f"{sys.argv[1]}: {len(packages)} packages, all in order.")
sys.exit(bool(faults))
