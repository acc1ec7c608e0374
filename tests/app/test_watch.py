from __future__ import annotations
from tests.conftest import SampleVault
x: SampleVault
def test_a(vault_at: SampleVault) -> None:
    assert isinstance(vault_at, SampleVault)
