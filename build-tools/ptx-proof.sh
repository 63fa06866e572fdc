#!/usr/bin/env bash
# Generates the PTX of the kernels of the schedules for GPUs, for the named layers, without a GPU, and has ptxas compile it.
#
#   build-tools/ptx-proof.sh CLASS-PATH [write]
#
# Needs JAVA_HOME, an SDK of TornadoVM with the PTX back end (TORNADOVM_HOME or one of SDKMAN's), gcc, cuda.h and ptxas;
# without them it says what is missing and ends with 0. It fails on any error, and on what the test class GpuProof finds wrong
# with the machine code: spills, too many registers, too few multiply-adds in a main loop, or that docs/gpu-proof.md says
# otherwise. With "write" it writes that file anew.
subject=PTX
. "$(dirname "${BASH_SOURCE[0]}")/proof.sh"
write=${2:-}

find_sdk ptx
ptxas=$(command -v ptxas) || skip "no ptxas found"
find_cuda_headers
stand_in libcuda.so.1 "$root"/build-tools/cuda-standin/*.c

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
    CUDA_STANDIN_CC=$capability PROOF_DIR=$work/$capability run KernelGenerator tornado:PTX:0 tiled parallel half
    # The same kernel comes once for each graph that has it, and mostly the same for each capability: the lowest one's stays.
    for module in "$work/$capability"/*.ptx; do
        code=$work/modules/$(sed '/^\.target/d' "$module" | sha256sum | cut -d ' ' -f 1).ptx
        [[ -f $code ]] || cp "$module" "$code"
    done
    cat "$work/$capability/launches" >>"$work/launches"
done
on_all_processors compile "$work"/modules/*.ptx
"$JAVA_HOME/bin/java" -cp "$class_path" io.github.dyconv.tornado.GpuProof "$compiled" "$work/launches" \
    "$("$ptxas" --version | sed -n 's/.*release \([0-9.]*\),.*/release \1/p')" "$root/docs/gpu-proof.md" $write

# TornadoVM does not write a kernel's context, which it passes to each, while CUDA records (but for the last task's).
awk '
    FNR == 1 { register = "" }
    /\[kernel_context\]/ { register = $2; sub(",", "", register); next }
    register != "" && $0 ~ register "([^0-9]|$)" {
        print "PTX: a kernel reads its context, which is not there in a CUDA graph: " $0 > "/dev/stderr"
        exit 1
    }' "$work"/modules/*.ptx

# Two uploads, forward, and two graphs of the backward pass are recorded; then all but the uploads are replayed with another
# input, and at last with the second upload, of another temperature: 12 launches of a graph, 7 of them different, none of a
# kernel by itself.
for schedule in tiled parallel; do
    run CudaGraphProof "$schedule"
    grep '^graph: ' "$work/log" >"$work/graphs" || true
    if [[ $(wc -l <"$work/graphs") != 12 || $(sort -u "$work/graphs" | wc -l) != 7 ]] || grep -q '^launch' "$work/log"; then
        cat "$work/log" >&2
        fail "schedule $schedule is not recorded and replayed as CUDA graphs"
    fi
done
echo "PTX: a training step is 3 launches of CUDA graphs, $(awk '{ n += $(NF - 4) } END { print n }' < <(tail -n 3 "$work/graphs")) kernels with schedule parallel; 1 more sends a changed temperature"
