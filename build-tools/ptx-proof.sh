#!/usr/bin/env bash
# Generates the PTX of the kernels of the schedules for GPUs, for the named layers, without a GPU, and has ptxas compile it.
#
#   build-tools/ptx-proof.sh CLASS-PATH
#
# Needs JAVA_HOME, an SDK of TornadoVM with the PTX back end (TORNADOVM_HOME or one of SDKMAN's), gcc, cuda.h and ptxas;
# without them it says what is missing and ends with 0. It fails on any error, any spill, more than 128 registers a
# work-item of the implicit GEMM (so that four groups fit on a multiprocessor) or 255 of another kernel, or more than 48 KiB
# of shared memory a group.
set -euo pipefail

class_path=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
shared=49152

skip() {
    echo "PTX: not proven, $1"
    exit 0
}

sdk=
for candidate in "${TORNADOVM_HOME:-}" "$HOME"/.sdkman/candidates/tornadovm/*; do
    if [[ -n $candidate ]] && grep -qs ptx-backend "$candidate/etc/tornado.backend"; then
        sdk=$candidate
        break
    fi
done
[[ -n $sdk ]] || skip "no TornadoVM SDK with the PTX back end found"
ptxas=$(command -v ptxas) || skip "no ptxas found"
command -v gcc >/dev/null || skip "no gcc found"
include=${CUDA_HOME:-/usr/local/cuda}/include
[[ -f $include/cuda.h ]] || skip "no cuda.h found in $include (CUDA_HOME)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -shared -fPIC -w -I"$include" -Wl,-soname,libcuda.so.1 -o "$work/libcuda.so.1" "$root/build-tools/cuda-standin/cuda_standin.c"

# Compiles a module for each architecture; writes a line for each: registers, and bytes of shared memory.
prove() {
    local module=$1 architecture report kernel spills used bytes registers
    for architecture in 75 80 86 89 90 100 120; do
        # Code for a capability runs on all later ones, and on no earlier one.
        ((architecture >= $(sed -n 's/^\.target sm_\([0-9]*\).*/\1/p' "$module"))) || continue
        report=$("$ptxas" -arch="sm_$architecture" -v -o /dev/null "$module" 2>&1) || {
            echo "PTX: sm_$architecture: $report" >&2
            return 1
        }
        kernel=$(sed -n "s/.*Compiling entry function '\([^']*\)'.*/\1/p" <<<"$report")
        spills=$(grep -o '[0-9]* bytes spill stores, [0-9]* bytes spill loads' <<<"$report")
        used=$(sed -n 's/.*Used \([0-9]*\) registers.*/\1/p' <<<"$report")
        bytes=$(sed -n 's/.* \([0-9]*\) bytes smem.*/\1/p' <<<"$report")
        bytes=${bytes:-0}
        registers=255
        [[ $kernel == *_implicitgemm_* ]] && registers=128
        if [[ $spills != "0 bytes spill stores, 0 bytes spill loads" ]] || ((used > registers || bytes > shared)); then
            echo "PTX: $kernel on sm_$architecture: $spills, $used registers, $bytes bytes shared" >&2
            return 1
        fi
        echo "$used $bytes"
    done
}
export -f prove
export ptxas shared

mkdir "$work/modules"
for capability in 75 80 90; do # TornadoVM names 8.6 and up alike
    mkdir "$work/$capability"
    CUDA_STANDIN_CC=$capability PTX_DUMP_DIR=$work/$capability LD_PRELOAD=$work/libcuda.so.1 TORNADOVM_HOME=$sdk \
        "$JAVA_HOME/bin/java" "@$sdk/tornado-argfile" -Dtornado.recover.bailout=False -cp "$class_path" \
        io.github.dyconv.tornado.PtxProof >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    # The same kernel comes once for each graph that has it, and mostly the same for each capability: the lowest one's stays.
    for module in "$work/$capability"/*.ptx; do
        code=$work/modules/$(sed '/^\.target/d' "$module" | sha256sum | cut -d ' ' -f 1).ptx
        [[ -f $code ]] || cp "$module" "$code"
    done
done
printf '%s\0' "$work"/modules/*.ptx |
    xargs -0 -P "$(nproc)" -I '{}' bash -c 'set -euo pipefail; prove "$1"' prove '{}' >"$work/proven"
awk '{ n++; if ($1 > r) r = $1; if ($2 > s) s = $2 }
    END { printf "PTX: %d compilations by ptxas without spills; at most %d registers, %d bytes shared\n", n, r, s }' "$work/proven"
