"""Pages of operators answer whatever their address asks for."""

import pytest

ADDRESSES = (
    "/admin/clients?q=%00&type=%00&status=%00",
    "/admin/groups?q=%00",
    "/admin/orgs?q=%00",
    "/admin/policies?scope=client&scope_id=%00",
    "/admin/logs?who=%00&whom=%00&client=%00",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("sign", ["%00", "%ff", "%F0%9F%98%80", "%25", "x" * 3000])
def test_an_odd_sign_is_looked_for_or_refused(http, make, address, sign):
    make.browsers.sign_in(http, roles=["owner"])
    answer = http.get(address.replace("%00", sign))
    assert answer.status_code in {200, 400, 404}
