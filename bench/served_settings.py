"""The product's settings, and the bare views of the benchmark beside its pages."""

from liaison.settings import *  # noqa: F403

ROOT_URLCONF = "bench.served"
