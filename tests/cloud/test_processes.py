"""Several processes share one budget and one set of answers, and each of them ends cleanly."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.cloud.ledger import Ledger

from .conftest import KEY, StartServer
from .processes import start_reader
from .server import RECEIPT, Behaviour, VisionServer, answers, hangs


def settings_for(endpoint: str, state_dir: Path, **changes: object) -> dict[str, object]:
    return {"endpoint": endpoint, "api_key": KEY, "state_dir": state_dir} | changes


def answers_after(moment: threading.Event, seconds: float) -> Behaviour:
    """Answers when ``moment`` comes, at the latest after ``seconds``."""

    def behave(context: grpc.ServicerContext) -> bytes:
        moment.wait(seconds)
        return answers(RECEIPT)(context)

    return behave


@pytest.mark.slow
def test_two_processes_that_read_one_picture_at_once_pay_for_it_once(start_server: StartServer, tmp_path: Path) -> None:
    never = threading.Event()
    server = start_server(answers_after(never, 1.0))
    settings = settings_for(server.endpoint, tmp_path)
    children = [start_reader(settings, "same") for _ in range(2)]
    assert [json.loads(child.communicate()[0]) for child in children] == [["TOTAL $12.34"]] * 2
    assert len(server.calls) == 1


@pytest.mark.slow
def test_the_cap_holds_over_processes_that_read_at_once(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(answers(RECEIPT))
    settings = settings_for(server.endpoint, tmp_path, daily_cap=5)
    children = [start_reader(settings, *(f"{name}{page}" for page in range(4))) for name in "ab"]
    results = [result for child in children for result in json.loads(child.communicate()[0])]
    assert results.count("TOTAL $12.34") == 5
    assert sum(result.startswith("cloud_budget_spent: The daily cap") for result in results) == 3
    assert len(server.calls) == 5


@pytest.mark.slow
def test_a_process_killed_in_a_call_leaves_it_counted_and_the_picture_free(
    start_server: StartServer, tmp_path: Path
) -> None:
    arrived = threading.Event()
    server = start_server(hangs(arrived), answers(RECEIPT))
    settings = settings_for(server.endpoint, tmp_path)
    child = start_reader(settings, "same")
    assert arrived.wait(60)
    child.kill()
    child.communicate()
    told, _ = start_reader(settings, "same").communicate()
    assert json.loads(told) == ["TOTAL $12.34"]
    assert Ledger(GOOGLE_VISION.name, tmp_path / "cloud-calls.sqlite", 9, 9).usage().in_day == 2


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, grpc.ServerCredentials]:
    """Make a certificate for ``localhost``: its file, and what a server needs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "root.pem"
    path.write_bytes(public)
    return path, grpc.ssl_server_credentials([(private, public)])


def test_over_tls_the_key_is_sent_by_google_s_client_and_the_process_ends_silently(
    certificate: tuple[Path, grpc.ServerCredentials], tmp_path: Path
) -> None:
    roots, tls = certificate
    server = VisionServer(answers(RECEIPT), tls=tls)
    settings = settings_for(f"https://localhost:{server.port}", tmp_path)
    child = start_reader(settings, "one", "two", GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=str(roots))
    told, noise = child.communicate()
    server.stop()
    assert (json.loads(told), noise, child.returncode) == (["TOTAL $12.34"] * 2, "", 0)
    assert [call.metadata["x-goog-api-key"] for call in server.calls] == [KEY, KEY]


def test_a_service_account_signs_its_calls_itself(
    certificate: tuple[Path, grpc.ServerCredentials], tmp_path: Path
) -> None:
    roots, tls = certificate
    server = VisionServer(answers(RECEIPT), tls=tls)
    account = tmp_path / "account.json"
    account.write_text(json.dumps(service_account()))
    settings = {"endpoint": f"localhost:{server.port}", "credentials": account, "state_dir": tmp_path}
    child = start_reader(settings, "one", GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=str(roots))
    told, noise = child.communicate()
    server.stop()
    assert (json.loads(told), noise) == (["TOTAL $12.34"], "")
    assert server.calls[0].metadata["authorization"].startswith("Bearer ")


def service_account() -> dict[str, str]:
    """Make up the contents of a service account file."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "client_email": "reader@example.com",
        "token_uri": "https://127.0.0.1:1/token",
        "private_key": private.decode(),
    }


def test_the_debug_log_of_google_s_client_does_not_hold_the_key(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(answers(RECEIPT))
    settings = settings_for(server.endpoint, tmp_path)
    child = start_reader(settings, "one", GOOGLE_SDK_PYTHON_LOGGING_SCOPE="google")
    told, log = child.communicate()
    assert json.loads(told) == ["TOTAL $12.34"]
    assert "BatchAnnotateImages" in log
    assert KEY not in log
    assert server.calls[0].metadata["x-goog-api-key"] == KEY


def test_a_process_that_found_no_network_ends_silently_too(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:1", tmp_path, attempts=1)
    child = start_reader(settings, "one")
    told, noise = child.communicate()
    assert json.loads(told)[0].startswith("cloud_unavailable: The cloud engine cannot be reached")
    assert (noise, child.returncode) == ("", 0)
