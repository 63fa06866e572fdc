#!/usr/bin/env bash
# Generates the CUDA C of the named layers' kernels without a GPU, and has nvcc compile it.
#
#   build-tools/cuda-proof.sh CLASS-PATH
#
# Needs JAVA_HOME, an SDK of TornadoVM with the CUDA back end, gcc, readelf, cuda.h and nvcc; without them it says what is
# missing and ends with 0. It fails on any error or warning, and if a kernel spills. See docs/other-targets.md.
subject=CUDA
. "$(dirname "${BASH_SOURCE[0]}")/proof.sh"

find_sdk cuda
nvcc=$(command -v nvcc) || skip "no nvcc found"
command -v readelf >/dev/null || skip "no readelf found"
find_cuda_headers
# The stand-in for NVRTC has the name, with a version, by which TornadoVM was linked to it.
nvrtc=$(readelf -d "$sdk/lib/libtornado-cuda.so" | sed -n 's/.*NEEDED.*\[\(libnvrtc.*\)\].*/\1/p')
stand_in libcuda.so.1 "$root"/build-tools/cuda-standin/*.c
stand_in "$nvrtc" "$root"/build-tools/cuda-standin/*.c

export PROOF_DIR=$work/modules CUDA_STANDIN_CC=80
mkdir "$PROOF_DIR"
run KernelGenerator tornado:CUDA:0 tiled parallel half
mapfile -d '' matrix < <(grep -lZ 'mma' "$PROOF_DIR"/*.cu)
mapfile -d '' others < <(grep -LZ 'mma' "$PROOF_DIR"/*.cu)
bundle "$work/sm_80" cu 20 "${matrix[@]}"
bundle "$work/sm_75" cu 20 "${others[@]}"

# Compiles a bundle for the least architecture that has its instructions, and for Hopper; keeps what ptxas says.
compile() {
    local architecture
    for architecture in "$(basename "$(dirname "$1")")" sm_90; do
        "$nvcc" -arch="$architecture" -cubin -Werror all-warnings -diag-suppress 177,550 -Xptxas -v \
            -o "$1.$architecture.cubin" "$1" >"$1.$architecture.log" 2>&1 || {
            cat "$1.$architecture.log" >&2
            return 1
        }
    done
}
export -f compile
export nvcc
on_all_processors compile "$work"/sm_*/*.cu

kernels=$(cat "$work"/sm_*/*.cu | grep -c '__global__')
[[ $(cat "$work"/sm_*/*.log | grep -c 'Compiling entry function') == $((2 * kernels)) ]] || fail "not every kernel was compiled"
! grep -h 'bytes spill stores' "$work"/sm_*/*.log | grep -v ' 0 bytes spill stores' || fail "a kernel spills"
echo "CUDA: nvcc compiled $kernels kernels, of them $(cat "$work"/sm_80/*.cu | grep -c '__global__') of half precision for sm_80 and the others for sm_75, and all for sm_90, without spills"
