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

kernels=0
most_registers=0
most_shared=0
for capability in 75 80 86 90; do
    mkdir "$work/$capability"
    CUDA_STANDIN_CC=$capability PTX_DUMP_DIR=$work/$capability LD_PRELOAD=$work/libcuda.so.1 TORNADOVM_HOME=$sdk \
        "$JAVA_HOME/bin/java" "@$sdk/tornado-argfile" -Dtornado.recover.bailout=False -cp "$class_path" \
        io.github.dyconv.tornado.PtxProof >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    # The same kernel comes once for each graph that has it.
    for module in $(cd "$work/$capability" && sha256sum -- *.ptx | sort -u -k1,1 | awk '{ print $2 }'); do
        # Code for a capability runs on all later ones; 9.0 and up are named sm_86 by TornadoVM.
        case $capability in
            75) architectures="75 80 86 89 90 100 120" ;;
            80) architectures="80" ;;
            86) architectures="86" ;;
            *) architectures="89 90 100 120" ;;
        esac
        for architecture in $architectures; do
            report=$("$ptxas" -arch="sm_$architecture" -v -o "$work/code.cubin" "$work/$capability/$module" 2>&1) || {
                echo "PTX: capability $capability, sm_$architecture: $report" >&2
                exit 1
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
                exit 1
            fi
            kernels=$((kernels + 1))
            most_registers=$((used > most_registers ? used : most_registers))
            most_shared=$((bytes > most_shared ? bytes : most_shared))
        done
    done
done
[[ $kernels -gt 0 ]] || { echo "PTX: no kernel was generated" >&2; exit 1; }
echo "PTX: $kernels compilations by ptxas without spills; at most $most_registers registers, $most_shared bytes shared"
