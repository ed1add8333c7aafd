"""The kernel sources compile for the GPU, without a GPU.

NVRTC turns `device.cu` and the headers it shares with the CPU into machine code for every
architecture named here, without a word of complaint. Nothing is run.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench.compute

KERNELS = Path(workbench.compute.__file__).parent / "kernels"
ARCHITECTURES = ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100")
NOT_ON_DEVICE = {"delay", "delta"}  # offsets of copy and subtract
RENAMED = {"and": "all_of", "or": "any_of", "not": "none_of"}


@pytest.fixture(scope="module")
def nvrtc():
    """The NVRTC binding, if its wheels are installed."""
    return pytest.importorskip(
        "cuda.bindings.nvrtc",
        reason="NVRTC compile check not run: the wheels cuda-bindings and nvidia-cuda-nvrtc "
        "are not installed",
        exc_type=ImportError,
    )


def compile_cubin(nvrtc, architecture: str) -> tuple[bytes, str]:
    source = (KERNELS / "device.cu").read_bytes()
    error, program = nvrtc.nvrtcCreateProgram(source, b"device.cu", 0, [], [])
    assert error == nvrtc.nvrtcResult.NVRTC_SUCCESS
    options = [
        f"--gpu-architecture={architecture}".encode(),
        b"-std=c++17",
        b"-fmad=false",
        f"-I{KERNELS}".encode(),
    ]
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
def test_kernels_compile_silently(nvrtc, architecture):
    cubin, message = compile_cubin(nvrtc, architecture)
    assert message == ""
    assert cubin[:4] == b"\x7fELF"
    if architecture == "sm_90":
        for name in operator_names():
            for suffix in ("float32", "float64"):
                assert f"{name}_{suffix}".encode() in cubin


def operator_names() -> list[str]:
    table = (KERNELS / "instruction.h").read_text()
    names = [line.split('"')[1] for line in table.splitlines() if line.lstrip().startswith("X(")]
    assert len(names) > 40
    return [RENAMED.get(name, name) for name in names if name not in NOT_ON_DEVICE]
