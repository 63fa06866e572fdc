#!/usr/bin/env bash
# Generates the PTX of the kernels of the schedules for GPUs, for the named layers, without a GPU, and has ptxas compile it.
#
#   build-tools/ptx-proof.sh CLASS-PATH [write]
#
# Needs JAVA_HOME, an SDK of TornadoVM with the PTX back end (TORNADOVM_HOME or one of SDKMAN's), gcc, cuda.h and ptxas;
# without them it says what is missing and ends with 0. It fails on any error, and on what the test class GpuProof finds wrong
# with the machine code: spills, too many registers, too few multiply-adds in a main loop, or that docs/gpu-proof.md says
# otherwise. With "write" it writes that file anew.
set -euo pipefail

class_path=$1
write=${2:-}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

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

# Compiles a module for each architecture; keeps the machine code and what ptxas says of it.
compile() {
    local module=$1 architecture name
    for architecture in 75 80 86 89 90 100 120; do
        # Code for a capability runs on all later ones, and on no earlier one.
        ((architecture >= $(sed -n 's/^\.target sm_\([0-9]*\).*/\1/p' "$module"))) || continue
        name=$compiled/$(basename "$module" .ptx).sm_$architecture
        "$ptxas" -arch="sm_$architecture" -v -o "$name.cubin" "$module" >"$name.log" 2>&1 || {
            echo "PTX: sm_$architecture: $(cat "$name.log")" >&2
            return 1
        }
    done
}
compiled=$work/compiled
export -f compile
export ptxas compiled

mkdir "$compiled"
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
    cat "$work/$capability/launches" >>"$work/launches"
done
printf '%s\0' "$work"/modules/*.ptx |
    xargs -0 -P "$(nproc)" -I '{}' bash -c 'set -euo pipefail; compile "$1"' compile '{}'
"$JAVA_HOME/bin/java" -cp "$class_path" io.github.dyconv.tornado.GpuProof "$compiled" "$work/launches" \
    "$("$ptxas" --version | sed -n 's/.*release \([0-9.]*\),.*/release \1/p')" "$root/docs/gpu-proof.md" $write
