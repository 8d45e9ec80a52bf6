"""The folder of a server's processes: full, gone, or another one's."""

import os
import resource
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

from idp.core.events import EventBus
from idp.ops.metrics import folder
from idp.ops.metrics.collected import Collected
from idp.ops.metrics.filled import FilledDict
from idp.ops.metrics.settings import MetricsSettings
from idp.ops.refusals import Refusal

pytestmark = pytest.mark.any_database

SETTINGS = MetricsSettings(metrics_token="a-token-that-prometheus-alone-knows")
FIRST_BYTES = 65536


@pytest.fixture
def together(tmp_path, monkeypatch) -> Iterator[Path]:
    """Have this process count in a folder, as those of a server do."""
    keeping = values.MultiProcessValue()
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path))
    monkeypatch.setattr(values, "ValueClass", keeping)
    yield tmp_path
    keeping.close_all_files()


def holes(file: Path) -> int:
    """Return how many bytes there are from the first hole of a file to its end."""
    with file.open("rb") as opened:
        return file.stat().st_size - os.lseek(opened.fileno(), 0, os.SEEK_HOLE)


def test_a_file_has_no_holes_whose_writer_a_full_disk_would_kill(together):
    meters = Collected(SETTINGS, EventBus()).meters
    for number in range(500):
        meters.refusals.of(f"check {number}").inc()
    files = [*together.iterdir()]
    assert {file.name for file in files} == {
        f"{kind}_{os.getpid()}.db" for kind in ("counter", "histogram")
    }
    assert max(file.stat().st_size for file in files) > FIRST_BYTES  # it has grown
    assert [file.name for file in files if holes(file)] == []


def test_a_file_that_cannot_grow_keeps_what_it_has(tmp_path):
    file = tmp_path / "counter_1.db"
    counted = FilledDict(str(file))
    keys, counts = map(str, range(FIRST_BYTES)), deque()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FIRST_BYTES + 1000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            counts.extend(counted.write_value(key, 1.0, 0.0) for key in keys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.stat().st_size == FIRST_BYTES
    counted.write_value("0", 2.0, 0.0)
    kept = [value for _, value, *_ in MmapedDict.read_all_values_from_file(file)]
    assert (kept[0], sum(kept)) == (2.0, len(counts) + 1)
    counted.close()


def test_two_starts_at_one_moment_leave_each_other_alone(tmp_path, monkeypatch):
    def make_while_another_starts(**about) -> str:
        made = mkdtemp(**about)
        with monkeypatch.context() as other:
            other.setattr(folder, "mkdtemp", mkdtemp)
            with folder.counting_together(SETTINGS):
                return made

    monkeypatch.setattr(folder, "IN_MEMORY", tmp_path)
    monkeypatch.setattr(folder, "mkdtemp", make_while_another_starts)
    with folder.counting_together(SETTINGS):
        assert [*tmp_path.glob("idp-metrics-*")] == [folder.shared_folder()]
    assert [*tmp_path.iterdir()] == []


def test_a_start_without_room_is_refused_with_words(together):
    together.rmdir()
    with pytest.raises(Refusal, match="Metrics find no room for their files"):
        Collected(SETTINGS, EventBus())
