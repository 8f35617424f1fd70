"""Errors of executors."""

from __future__ import annotations

from rpiocr.errors import ExitCode, MissingDependencyError, RpiocrError


class WorkerLostError(RpiocrError):
    """The process running this job was killed or crashed; other jobs are not affected."""

    code = "worker_lost"
    exit_code = ExitCode.UNREADABLE_INPUT


class NoWorkerError(RpiocrError):
    """No worker process can be started."""

    code = "no_worker"
    exit_code = ExitCode.MISSING_DEPENDENCY


class ClusterError(RpiocrError):
    """The cluster cannot be reached or used, or was lost."""

    code = "cluster_failed"
    exit_code = ExitCode.MISSING_DEPENDENCY


class ClusterVersionError(ClusterError):
    """A worker of the cluster has no rpiocr, or a different version."""

    code = "cluster_version"


class ClusterPackageMissingError(MissingDependencyError):
    """The package for clusters is not installed."""

    code = "no_cluster_package"
