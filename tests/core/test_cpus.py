"""How many processors a process may use."""

import pytest

from idp.core.settings.cpus import count_cpus


@pytest.mark.parametrize(
    ("own", "files", "cpus"),
    [
        ("0::/\n", {}, 8),
        ("0::/\n", {"cpu.max": "max 100000\n"}, 8),
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 2),
        ("0::/\n", {"cpu.max": "20000 100000\n"}, 1),
        ("0::/a/b\n", {"a/cpu.max": "300000 100000\n", "a/b/cpu.max": "max 1\n"}, 3),
        (
            "4:cpu,cpuacct:/docker/x\n",
            {
                "cpu/docker/x/cpu.cfs_quota_us": "200000\n",
                "cpu/docker/x/cpu.cfs_period_us": "100000\n",
            },
            2,
        ),
        (
            "4:cpu,cpuacct:/\n",
            {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
            8,
        ),
    ],
)
def test_a_quota_of_a_cgroup_counts(tmp_path, own, files, cpus):
    (tmp_path / "own").write_text(own)
    for name, text in files.items():
        path = tmp_path / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    told = count_cpus(set(range(8)), own=tmp_path / "own", cgroups=tmp_path / "cgroup")
    assert told == cpus
