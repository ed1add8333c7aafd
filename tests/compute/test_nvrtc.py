"""The kernel sources compile for the GPU, without a GPU.

NVRTC turns `device.cu` and the headers it shares with the CPU into machine code for every
architecture named here, without a word of complaint. Nothing is run. The compiler works outside
the interpreter lock, so the architectures are compiled side by side; sources that have compiled
are not compiled again (pytest keeps their hash in its cache).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

import workbench.compute
from workbench.compute import cpu

KERNELS = Path(workbench.compute.__file__).parent / "kernels"
ARCHITECTURES = ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100")
NAMED = "sm_90"
"""The architecture whose entry points are counted, compiled with all optimisation."""

ROW = re.compile(r'^ *X\((\w+), "(\w+)", -?\d+, \w+, (\w+)\)', re.MULTILINE)
Compiled = tuple[bytes, str]


@pytest.fixture(scope="module")
def nvrtc() -> ModuleType:
    """The NVRTC binding, if its wheels are installed."""
    return pytest.importorskip(
        "cuda.bindings.nvrtc",
        reason="NVRTC compile check not run: the wheels cuda-bindings and nvidia-cuda-nvrtc "
        "are not installed",
        exc_type=ImportError,
    )


@pytest.fixture(scope="module")
def compiling(
    nvrtc: ModuleType, request: pytest.FixtureRequest
) -> Iterator[dict[str, Future[Compiled]]]:
    """All architectures, compiled by as many threads as there are cores."""
    cache = getattr(request.config, "cache", None)
    key = source_hash(nvrtc)
    if cache is not None and cache.get("workbench/nvrtc", "") == key:
        pytest.skip("these sources have compiled before; --cache-clear compiles them again")
    failed = request.session.testsfailed
    with ThreadPoolExecutor(cpu.default_threads()) as pool:
        yield {name: pool.submit(compile_cubin, nvrtc, name) for name in ARCHITECTURES}
        pool.shutdown(cancel_futures=True)
    if cache is not None and request.session.testsfailed == failed:
        cache.set("workbench/nvrtc", key)


def source_hash(nvrtc: ModuleType) -> str:
    """What the outcome depends on: sources, this file and the compiler."""
    files = [*sorted(KERNELS.glob("*.h")), KERNELS / "device.cu", Path(__file__)]
    texts = b"\0".join(path.read_bytes() for path in files)
    return hashlib.sha256(texts + repr(nvrtc.nvrtcVersion()).encode()).hexdigest()


def compile_cubin(nvrtc: ModuleType, architecture: str) -> Compiled:
    source = (KERNELS / "device.cu").read_bytes()
    error, program = nvrtc.nvrtcCreateProgram(source, b"device.cu", 0, [], [])
    assert error == nvrtc.nvrtcResult.NVRTC_SUCCESS
    options = [
        f"--gpu-architecture={architecture}".encode(),
        b"-std=c++17",
        b"-fmad=false",
        f"-I{KERNELS}".encode(),
    ]
    if architecture != NAMED:  # half of the time goes into optimising machine code nobody runs
        options.append(b"--ptxas-options=-O0")
    (error,) = nvrtc.nvrtcCompileProgram(program, len(options), options)
    _, size = nvrtc.nvrtcGetProgramLogSize(program)
    # The driver writes into this buffer: of one byte, it would be the b" " of the whole process.
    log = b" " * max(size, 2)
    nvrtc.nvrtcGetProgramLog(program, log)
    message = log.rstrip(b"\0 \n").decode()
    assert error == nvrtc.nvrtcResult.NVRTC_SUCCESS, message
    _, size = nvrtc.nvrtcGetCUBINSize(program)
    cubin = b" " * size
    nvrtc.nvrtcGetCUBIN(program, cubin)
    nvrtc.nvrtcDestroyProgram(program)
    return cubin, message


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_kernels_compile_silently(compiling, architecture):
    cubin, message = compiling[architecture].result()
    assert message == ""
    assert cubin[:4] == b"\x7fELF"


def test_every_operator_has_an_entry_point(compiling):
    cubin, _ = compiling[NAMED].result()
    for identifier, name, kind in table():
        for suffix in ("float32", "float64"):
            entry = f"{identifier}_{suffix}\0".encode()
            assert (entry in cubin) == (kind != "none"), name


def table() -> list[tuple[str, str, str]]:
    """Identifier, canonical name and kind of every row; kind none has no program of its own."""
    texts = [path.read_text() for path in sorted(KERNELS.glob("*_table.h"))]
    return [row for text in texts for row in ROW.findall(text)]


def test_the_tables_are_read_whole():
    if cpu.load() is None:
        pytest.skip("the compiled kernels are not built")
    assert {name for _, name, _ in table()} == cpu.opcodes().keys()
