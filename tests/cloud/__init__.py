"""The cloud engine, against a service on this machine."""

import os

# Servers that are stopped at the end of a test make gRPC's core write to standard error.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
