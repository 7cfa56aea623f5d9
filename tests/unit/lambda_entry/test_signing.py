"""A request signed by hand is signed as AWS's own SDK signs it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from lambda_entry._signing import Signer, signed, signer_of

HOST = "secretsmanager.ap-northeast-1.amazonaws.com"
REGION, SERVICE = "ap-northeast-1", "secretsmanager"
HEADERS = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.Get"}
_VISIBLE = st.text(st.characters(codec="ascii", exclude_categories=("C", "Z")), min_size=1)


def signed_by_sdk(body: bytes, signer: Signer) -> dict[str, str]:
    who = Credentials(signer.key_id, signer.secret, signer.session or None)
    request = AWSRequest("POST", f"https://{HOST}/", data=body, headers=HEADERS)
    SigV4Auth(who, SERVICE, REGION).add_auth(request)
    return dict(request.headers)


@given(body=st.binary(max_size=200), key=_VISIBLE, secret=_VISIBLE, session=_VISIBLE | st.just(""))
def test_a_signature_is_the_one_that_the_sdk_makes(
    body: bytes, key: str, secret: str, session: str
) -> None:
    signer = Signer(key_id=key, secret=secret, session=session, region=REGION, service=SERVICE)
    sdk = signed_by_sdk(body, signer)
    now = datetime.strptime(sdk["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = signed(HEADERS, body, host=HOST, signer=signer, now=now)

    assert ours == {**sdk, "Host": HOST}


@pytest.mark.parametrize("session", ["", "for-an-hour"])
def test_the_role_is_read_from_the_environment_and_never_shown(session: str) -> None:
    environment = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "drawn"}
    if session:
        environment["AWS_SESSION_TOKEN"] = session

    signer = signer_of(environment, region=REGION, service=SERVICE)

    assert (signer.key_id, signer.secret, signer.session) == ("somebody", "drawn", session)
    assert f"{signer!r} {signer}" == " ".join(["Signer(secretsmanager, ap-northeast-1)"] * 2)
