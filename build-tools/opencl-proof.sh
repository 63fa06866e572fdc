#!/usr/bin/env bash
# Generates the OpenCL of the named layers' kernels without a device, for a GPU, a CPU and an FPGA, and has clang compile it.
#
#   build-tools/opencl-proof.sh CLASS-PATH
#
# Needs JAVA_HOME, an SDK of TornadoVM with the OpenCL back end, gcc, OpenCL's headers, and a clang that compiles for AMD and
# NVIDIA; with ptxas it goes as far as machine code for NVIDIA too. Without them it says what is missing and ends with 0. It
# fails on any error or warning, if a kernel spills on AMD's gfx90a, and if one for an FPGA uses local memory. See
# docs/other-targets.md.
subject=OpenCL
. "$(dirname "${BASH_SOURCE[0]}")/proof.sh"
. "$root/build-tools/find-tools.sh"

find_sdk opencl
find_clang || skip "no clang found that compiles for amdgcn and nvptx64"
ptxas=$(command -v ptxas) || true
echo '#include <CL/cl.h>' | gcc -fsyntax-only -xc - 2>/dev/null || skip "no gcc, or no CL/cl.h found"
stand_in libOpenCL.so.1 "$root/build-tools/opencl-standin/opencl_standin.c"

# Generates the kernels of schedules $2… for a device of class $1, and puts each into a file of its own.
generate() {
    export STANDIN_DEVICE=$1 PROOF_DIR=$work/$1
    mkdir "$PROOF_DIR"
    java_options=(-Dtornado.printKernel=True "-Dtornado.print.kernel.dir=$PROOF_DIR/kernels")
    run KernelGenerator tornado:OPENCL:0 "${@:2}"
    csplit -sz -n 4 -f "$PROOF_DIR/kernel" -b '%04d.cl' "$PROOF_DIR/kernels" '/^#pragma OPENCL EXTENSION cl_khr_fp64/' '{*}'
    bundle "$work/$1-bundles" cl 20 "$PROOF_DIR"/kernel*.cl
}
generate gpu tiled parallel
generate cpu vector
generate fpga parallel

# Compiles bundle $1 for a target, a name for which is $2 and clang's options the rest.
compile() {
    "$clang" -x cl -cl-std=CL1.2 -O2 -nogpulib -cl-fast-relaxed-math -Wall -Wextra -Werror -Wno-unused-parameter \
        -Wno-unused-but-set-variable -Wno-ignored-pragmas "${@:3}" -o "$1.$2" "$1"
}
compile_for_gpus() {
    local builtins=(-S -include "$root/build-tools/opencl-standin/builtins.h")
    compile "$1" gfx90a -target amdgcn-amd-amdhsa -mcpu=gfx90a "${builtins[@]}"
    compile "$1" gfx1030 -target amdgcn-amd-amdhsa -mcpu=gfx1030 "${builtins[@]}"
    compile "$1" ptx -target nvptx64-nvidia-nvcl -Xclang -target-cpu -Xclang sm_75 "${builtins[@]}"
    if [[ -n $ptxas ]]; then
        "$ptxas" -arch=sm_75 -o "$1.cubin" "$1.ptx"
    fi
}
# SPIR is what OpenCL has for any device.
compile_for_any() {
    compile "$1" bc -target spir64-unknown-unknown -c -emit-llvm
}
export -f compile compile_for_gpus compile_for_any
export clang ptxas root
on_all_processors compile_for_gpus "$work"/gpu-bundles/*.cl
on_all_processors compile_for_any "$work"/cpu-bundles/*.cl "$work"/fpga-bundles/*.cl

count() {
    cat "${@:2}" | grep -c "$1" || true
}
kernels=$(count '^__kernel' "$work"/gpu-bundles/*.cl)
spilled() {
    awk '/^ *\.name: / { name = $2 } /vgpr_spill_count: *[1-9]/ { print name }' "$work"/gpu-bundles/*."$1"
}
[[ $(count 'vgpr_spill_count:' "$work"/gpu-bundles/*.gfx90a) == "$kernels" ]] || fail "not every kernel was compiled for gfx90a"
[[ -z $(spilled gfx90a) ]] || fail "spills on gfx90a: $(spilled gfx90a | tr '\n' ' ')"
spills=$(spilled gfx1030 | wc -l)

! grep -E 'barrier\(|__local [a-z]+ [a-z_0-9]+\[' "$work"/fpga-bundles/*.cl || fail "a kernel for an FPGA uses local memory"
echo "OpenCL: clang compiled $kernels kernels for AMD gfx90a without spills, gfx1030 ($spills spill) and NVIDIA sm_75${ptxas:+ (ptxas too)}"
echo "OpenCL: clang compiled $(count '^__kernel' "$work"/cpu-bundles/*.cl) kernels with vectors, and $(count '^__kernel' "$work"/fpga-bundles/*.cl) flat ones for an FPGA, to SPIR"
