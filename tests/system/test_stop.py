"""Signals are deferred during short tasks, and none is lost."""

from __future__ import annotations

import signal

import pytest

from rpiocr.system.stop import Stop, undisturbed


def test_a_signal_during_a_short_task_reaches_the_orderly_stop_around_it_once_the_task_is_done() -> None:
    stop = Stop()
    with stop.listening():
        with undisturbed():
            signal.raise_signal(signal.SIGTERM)
            assert not stop.asked
        assert stop.asked


def test_ctrl_c_during_a_short_task_interrupts_after_it() -> None:
    done = False
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        done = True
    assert done


def test_a_short_task_that_fails_does_not_swallow_a_signal() -> None:
    stop = Stop()
    with stop.listening():
        with pytest.raises(OSError, match="full"), undisturbed():
            signal.raise_signal(signal.SIGTERM)
            raise OSError("full")
        assert stop.asked


def test_the_bar_is_whole_after_ctrl_c_at_any_write(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.progress import Progress

    from rpiocr.batch.display import _Above
    from rpiocr.system.console import console_on

    class Interrupting:
        def write(self, _text: str) -> None:
            signal.raise_signal(signal.SIGINT)

        def flush(self) -> None:
            pass

    progress = Progress(console=console_on(), transient=True, redirect_stdout=False, redirect_stderr=False)
    start = progress.start

    def start_interrupted() -> None:
        signal.raise_signal(signal.SIGINT)
        start()

    with pytest.raises(KeyboardInterrupt), progress:
        monkeypatch.setattr(progress, "start", start_interrupted)
        _Above(Interrupting(), progress).write("a row\n")  # type: ignore[arg-type]
