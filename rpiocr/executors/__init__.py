"""Who reads: processes of this machine, or a cluster of several, behind one interface."""

from rpiocr.executors.errors import ClusterError, NoWorkerError, WorkerLostError
from rpiocr.executors.executor import JobExecutor, auto_workers, open_executor

__all__ = ["ClusterError", "JobExecutor", "NoWorkerError", "WorkerLostError", "auto_workers", "open_executor"]
