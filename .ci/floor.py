"""Fails where fewer tests ran than ``.ci/floor`` says. Skipped tests did not run. Argument: a JUnit XML file."""

import sys
from pathlib import Path
from xml.etree import ElementTree

suites = list(ElementTree.parse(sys.argv[1]).getroot().iter("testsuite"))
ran = sum(int(suite.get("tests", 0)) - int(suite.get("skipped", 0)) for suite in suites)
floor = int(Path(__file__).with_name("floor").read_text())
print(f"{ran} tests ran; at least {floor} must.")
sys.exit(ran < floor)
