# shellcheck shell=bash
# What the proofs of code for devices that are not there have in common. Sourced, with the class path of the tests as $1, by
# scripts that set subject, what they are about. Needs JAVA_HOME; JVM options may be in java_options.
set -euo pipefail

class_path=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
java_options=()
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() {
    echo "$subject: not proven, $1"
    exit 0
}

fail() {
    echo "$subject: $1" >&2
    exit 1
}

# Sets sdk to a TornadoVM SDK with a back end: TORNADOVM_HOME or one of SDKMAN's.
find_sdk() {
    local candidate
    for candidate in "${TORNADOVM_HOME:-}" "$HOME"/.sdkman/candidates/tornadovm/*; do
        if [[ -n $candidate ]] && grep -qs "$1-backend" "$candidate/etc/tornado.backend"; then
            sdk=$candidate
            return
        fi
    done
    skip "no TornadoVM SDK with the back end $1 found"
}

# Sets include to the folder of CUDA's headers.
find_cuda_headers() {
    include=${CUDA_HOME:-/usr/local/cuda}/include
    [[ -f $include/cuda.h ]] || skip "no cuda.h found in $include (CUDA_HOME)"
}

# Compiles a library of the files $2… under the name $1, by which a loader takes it for the real one, to be loaded first.
stand_in() {
    command -v gcc >/dev/null || skip "no gcc found"
    gcc -shared -fPIC -w ${include:+-I"$include"} -Wl,-soname,"$1" -o "$work/$1" "${@:2}"
    standins=${standins:+$standins:}$work/$1
}

# Runs a main class of the tests' with the stand-ins, its output into the log.
run() {
    LD_PRELOAD=$standins TORNADOVM_HOME=$sdk \
        "$JAVA_HOME/bin/java" "@$sdk/tornado-argfile" -Dtornado.recover.bailout=False "${java_options[@]}" \
        -cp "$class_path" "io.github.dyconv.tornado.$1" "${@:2}" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

# Copies the kernels in the files $4… to folder $1, each text once and with a number after its name, $3 of them to a file with
# the extension $2: a compiler's start takes longer than most kernels.
bundle() {
    mkdir -p "$1"
    sha256sum "${@:4}" | sort -u -k 1,1 | sort -k 2 | cut -d ' ' -f 3- | awk -v folder="$1" -v extension="$2" -v size="$3" '
        BEGIN { n = 0 }
        {
            bundle = sprintf("%s/%03d.%s", folder, int(n / size), extension)
            while ((getline line < $0) > 0) {
                if (line ~ "void [A-Za-z]+[(]") sub("[(]", "_" n "(", line)
                print line > bundle
            }
            n++
        }'
}

# Calls the exported function $1 with each of the files $2…, on all processors.
on_all_processors() {
    printf '%s\0' "${@:2}" | xargs -0 -P "$(nproc)" -I '{}' bash -c 'set -euo pipefail; "$@"' _ "$1" '{}' || exit 1
}
