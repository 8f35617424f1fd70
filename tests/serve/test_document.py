"""The OpenAPI document says what the API does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.serve.serving import Serving, serving
from tests.store.readings import CODE, UNKNOWN_CODE, item, keep_one

SLOW = ("/api/v1/events", "/api/v1/receipts/{receipt_id}/explain", "/api/v1/receipts/{receipt_id}/annotated")
"""Addresses whose answers take seconds, or never end."""

EXAMPLES = 12

MAX_WAIT_S = 0.2


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service with some receipts."""
    with serving(tmp_path_factory.mktemp("served") / "home") as served:
        with served.database() as database:
            for number in range(5):
                verdict = "ACCEPT" if number % 2 else "RETRY"
                codes = [CODE, UNKNOWN_CODE][: number % 3]
                keep_one(database, merchant=f"Shop {number}", items=[item()], verdict=verdict, codes=codes)
        yield served


def faults_of(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, examples: int = EXAMPLES) -> str:
    """Send requests that conform to the document, or that do not; returns what is wrong with an answer."""

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
        deadline=None,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        if "wait" in (case.query or {}) and mode is GenerationMode.POSITIVE:
            case.query["wait"] = MAX_WAIT_S
        # No schema can say what a picture is, or which cursor leads somewhere.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    try:
        send()
    except Unsatisfiable:  # nothing can be wrong with a request without parameters
        return ""
    except (Exception, FailureGroup) as error:  # noqa: BLE001 - whatever it finds
        return f"{operation.label} {mode.value}: {error}"
    return ""


@pytest.mark.slow
def test_no_request_meets_a_defect_and_each_answer_is_as_the_document_says(full: Serving) -> None:
    document: BaseSchema = schemathesis.openapi.from_url(f"{full.address}/api/openapi.json").exclude(path=list(SLOW))
    operations = [one.ok() for one in document.get_all_operations() if isinstance(one, Ok)]
    assert len(operations) > 15
    found = "\n\n".join(filter(None, (faults_of(one, mode) for one in operations for mode in GenerationMode)))
    if found:
        pytest.fail(found)
