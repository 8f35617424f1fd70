"""The cloud through the program, against a Vision service on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from google.cloud import vision_v1

from rpiocr.errors import ExitCode
from tests.cloud.server import Behaviour, VisionServer, annotation_of, answers, answers_in_band_error, word
from tests.program import OTHER_SMALL, QUICK, SMALL, Outcome, Run, timeless

KEY = "AIza-made-up-for-a-test-91c4"


def reads(total: str, date: str) -> Behaviour:
    """Answer with a receipt of two lines, somewhere on the page."""
    return answers(
        annotation_of(
            word("Date:", (40, 40, 120, 64), then="SPACE"),
            word(date, (130, 40, 300, 64), then="LINE_BREAK"),
            word("TOTAL", (40, 90, 120, 114), then="SPACE"),
            word(total, (430, 90, 520, 114), then="LINE_BREAK"),
        )
    )


@pytest.fixture
def serve() -> Iterator[list[VisionServer]]:
    """Servers to be stopped at the end."""
    running: list[VisionServer] = []
    yield running
    for server in running:
        server.stop()


@pytest.fixture
def agreeing(serve: list[VisionServer]) -> VisionServer:
    """A service that reads the small receipt correctly."""
    serve.append(VisionServer(reads("63.35", "02/10/2022")))
    return serve[-1]


@pytest.fixture
def disagreeing(serve: list[VisionServer]) -> VisionServer:
    """A service that reads another total, and the date."""
    serve.append(VisionServer(reads("99.99", "02/10/2022")))
    return serve[-1]


def asked(server: VisionServer, *more: object) -> tuple[object, ...]:
    """Return the arguments that point the program at a service."""
    return ("scan", *QUICK, "--vision-endpoint", server.endpoint, "--vision-api-key", KEY, *more)


def codes(outcome: Outcome) -> list[str]:
    return [warning.partition(":")[0] for warning in outcome.only["warnings"]]


def test_always_asks_once_for_each_image_and_reports_the_cloud_as_the_source(run: Run, agreeing: VisionServer) -> None:
    outcome = run(*asked(agreeing, "--cloud", "always", SMALL, SMALL))
    line, again = outcome.lines
    assert timeless(line) == timeless(again)
    assert (line["source"], str(line["amount"]), line["date"]) == ("cloud", "63.35", "2022-10-02")
    assert line["passes"] == 3
    (call,) = agreeing.calls
    assert call.metadata["x-goog-api-key"] == KEY
    assert KEY not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    "changes",
    [("--cloud", "never", "--vision-api-key", KEY), ("--cloud", "always")],
    ids=["never", "always, but without a key"],
)
@pytest.mark.slow
def test_it_is_not_asked_unless_it_is_configured_and_allowed(
    changes: tuple[str, ...], run: Run, agreeing: VisionServer, undated: Path, tmp_path: Path
) -> None:
    """Credentials that lie around for other programs do not count."""
    account = tmp_path / "account.json"
    account.write_text('{"type": "service_account"}', "utf-8")
    outcome = run(
        "scan",
        *QUICK,
        "--vision-endpoint",
        agreeing.endpoint,
        *changes,
        undated,
        GOOGLE_APPLICATION_CREDENTIALS=str(account),
    )
    assert agreeing.calls == []
    assert outcome.only["source"] == "local_low_confidence"


@pytest.mark.slow
def test_a_missing_date_is_filled_and_the_total_that_was_found_here_stays(
    run: Run, disagreeing: VisionServer, undated: Path
) -> None:
    line = run(*asked(disagreeing, undated)).only
    assert (line["source"], str(line["amount"]), line["date"]) == ("hybrid", "63.35", "2022-10-02")


@pytest.mark.slow
def test_a_total_that_the_cash_proves_is_kept_against_the_cloud_and_then_doubted(
    run: Run, disagreeing: VisionServer
) -> None:
    line = run(*asked(disagreeing, "--cloud", "always", SMALL)).only
    assert len(disagreeing.calls) == 1
    assert "cash - change" in line["evidence"]["amount"]["checks"]
    assert str(line["amount"]) == "63.35"
    assert line["verdict"] != "ACCEPT"
    assert "99.99" in {str(rival["value"]) for rival in line["evidence"]["amount"]["rivals"]}


def test_without_a_network_the_local_answer_comes_with_warnings(run: Run, undated: Path) -> None:
    nobody = ("--vision-endpoint", "http://127.0.0.1:1", "--vision-api-key", KEY, "--vision-attempts", "1")
    outcome = run("scan", *QUICK, *nobody, undated)
    assert outcome.status == ExitCode.OK
    assert (outcome.only["source"], str(outcome.only["amount"])) == ("local_low_confidence", "63.35")
    assert codes(outcome) == ["verify_by_hand", "cloud_unavailable"]
    assert KEY not in outcome.stdout + outcome.stderr


@pytest.mark.slow
def test_a_refusal_of_the_service_is_a_warning(run: Run, serve: list[VisionServer], undated: Path) -> None:
    serve.append(VisionServer(answers_in_band_error(3, "Bad image data.")))
    outcome = run(*asked(serve[-1], undated))
    assert outcome.status == ExitCode.OK
    assert outcome.only["source"] == "local_low_confidence"
    assert codes(outcome) == ["verify_by_hand", "cloud_refused"]


@pytest.mark.slow
def test_a_cloud_that_sees_no_text_is_a_warning(run: Run, serve: list[VisionServer], undated: Path) -> None:
    serve.append(VisionServer(answers(vision_v1.TextAnnotation())))
    outcome = run(*asked(serve[-1], undated))
    assert outcome.only["source"] == "local_low_confidence"
    assert codes(outcome) == ["verify_by_hand", "cloud_no_text"]


def test_a_spent_budget_makes_no_call(run: Run, agreeing: VisionServer, undated: Path) -> None:
    outcome = run(*asked(agreeing, "--cloud-daily-cap", "0", undated))
    assert outcome.only["source"] == "local_low_confidence"
    assert codes(outcome) == ["verify_by_hand", "cloud_budget_spent"]
    assert agreeing.calls == []


def test_a_plain_http_endpoint_elsewhere_is_wrong_usage_before_anything_is_sent(run: Run) -> None:
    outcome = run("scan", "--vision-endpoint", "http://vision.example.com", "--vision-api-key", KEY, SMALL)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert "must use https" in outcome.stderr


@pytest.mark.slow
def test_an_image_of_two_receipts_is_not_accepted_because_the_cloud_reads_the_same_total(
    run: Run, serve: list[VisionServer], tmp_path: Path
) -> None:
    both = [np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)) for path in (SMALL, OTHER_SMALL)]
    height = max(one.shape[0] for one in both)
    white = [np.pad(one, ((0, height - one.shape[0]), (0, 0)), constant_values=250) for one in both]
    cv2.imwrite(str(tmp_path / "two.png"), np.hstack(white))
    alone = run("scan", *QUICK, tmp_path / "two.png").only
    serve.append(VisionServer(reads(str(alone["amount"]), alone["date"])))
    together = run(*asked(serve[-1], tmp_path / "two.png")).only
    assert (together["amount"], together["date"]) == (alone["amount"], alone["date"])
    assert together["source"] == "cloud"
    assert "ACCEPT" not in (alone["verdict"], together["verdict"])
