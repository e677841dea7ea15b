"""A Slurm cluster of one node on this machine, with two pretended GPUs and, where the kernel allows it, no network."""

import contextlib
import operator
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

PACKAGES = ("slurm-wlm", "munge")
PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "unshare", "ip")
CPUS = 3

SLURM_CONF = """\
ClusterName=pretended
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
GresTypes=gpu
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
KillWait=20
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=16000 Gres=gpu:2
PartitionName=plain Nodes={host} Default=YES
PartitionName=cards Nodes={host}
"""
GRES_CONF = "NodeName={host} Name=gpu File=/dev/null\nNodeName={host} Name=gpu File=/dev/zero\n"


def install() -> str | None:
    """Install Slurm where this is possible; otherwise why it is not."""
    if all(shutil.which(program) for program in PROGRAMS):
        return None if os.getuid() == 0 else "starting Slurm's daemons needs root"
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return f"{', '.join(PACKAGES)} are not installed, and only root on Debian or Ubuntu can install them here"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "iproute2", *PACKAGES]):
        done = subprocess.run(["apt-get", "--quiet", *arguments], env=quiet, capture_output=True, text=True)
        if done.returncode:
            return f"apt-get {arguments[0]} failed: {done.stderr.strip()[-300:]}"
    return None


class Cluster:
    """Slurm's daemons, and what talks to them.

    Args:
        folder: configuration, state and logs.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.inside = self._cut_network()
        self.host = "localhost" if self.inside else socket.gethostname()
        # Without this project's own variables: a mirror there would win over the one of the tests.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("REPOOL_")}
        self.environment = {
            **inherited,
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": os.pathsep.join([str(folder / "bin"), os.environ["PATH"]]),
            # Where the network cannot be cut, nothing listens here.
            **({} if self.inside else dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")),
        }

    def _cut_network(self) -> list[str]:
        """The command that enters a machine of its own: no network, and processes that end with the first one.

        Empty where the kernel refuses one. (What a requeued job leaves behind, a real cluster's cgroups would end.)
        """
        # Names resolve only where there is an address other than the loopback's.
        script = "ip link set lo up && ip address add 10.0.0.1 dev lo && hostname localhost && echo up && exec cat"
        own = ["--net", "--uts", "--pid", "--mount"]
        command = ["unshare", *own, "--mount-proc", "--fork", "--kill-child", "sh", "-c", script]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes.append(holder)
        if holder.stdout.readline() != "up\n":
            return []
        first = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()[0]
        return ["nsenter", f"--target={first}", *own]

    def start(self) -> None:
        """Write the configuration and start the daemons."""
        for name in ("state", "spool", "bin"):
            (self.folder / name).mkdir()
        ports = {"controller": 6817, "node": 6818} if self.inside else {"controller": _free(), "node": _free()}
        conf = SLURM_CONF.format(host=self.host, folder=self.folder, cpus=CPUS, **ports)
        (self.folder / "slurm.conf").write_text(conf)
        (self.folder / "gres.conf").write_text(GRES_CONF.format(host=self.host))
        # Inside a job the executor plugin drops every variable of Slurm's, also the one that names this configuration.
        srun = self.folder / "bin" / "srun"
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {shutil.which("srun")} "$@"\n')
        srun.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        places = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        munge = [f"--{option}={self.folder}/munge.{ending}" for option, ending in places.items()]
        for daemon in (["munged", "--foreground", "--force", *munge], ["slurmctld", "-D", "-c"], ["slurmd", "-D"]):
            self.processes.append(self.begin(*daemon, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            if daemon[0] == "munged":
                wait_until(lambda: (self.folder / "munge.socket").exists(), "munged listens")
        wait_until(lambda: "idle" in self.ask("sinfo", "--noheader", "--format=%T"), "the node is idle")

    def begin(self, *command: str, cwd: Path | None = None, **options: object) -> subprocess.Popen:
        """Start a program on the cluster's machine."""
        folder = [f"--wd={cwd}"] if self.inside and cwd else []
        return subprocess.Popen([*self.inside, *folder, *command], env=self.environment, cwd=cwd, **options)

    def ask(self, *command: str) -> str:
        """What a program says there, empty if it fails."""
        done = subprocess.run([*self.inside, *command], env=self.environment, capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else ""

    def stop(self) -> None:
        """Cancel what still runs, which slurmd has to end, and then end the daemons."""
        self.ask("scancel", "--user=root")
        with contextlib.suppress(AssertionError):
            wait_until(lambda: not self.ask("squeue", "--noheader"), "no job is left", seconds=30)
        for process in self.processes:
            process.kill() if self.inside else process.terminate()
            process.wait()


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Ask every half second; AssertionError if it does not come to hold in time."""
    asking = Retrying(retry=retry_if_result(operator.not_), wait=wait_fixed(0.5), stop=stop_after_delay(seconds))
    try:
        asking(holds)
    except RetryError:
        raise AssertionError(f"after {seconds:.0f} s it is not so that {what}") from None


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
