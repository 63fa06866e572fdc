#!/usr/bin/env bash
# Tests everything on the JVM and the simulator, then, where a TornadoVM SDK is installed, the kernels on its device.
#
#   ./tornado-test.sh [--require-device] [Maven's arguments]
#
# --require-device makes it an error that there is no SDK. The two builds have folders of their own (target and
# target/tornadovm), so neither disturbs the other.
set -euo pipefail

unset CDPATH
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cd "$root"
. build-tools/find-tools.sh

require_device=false
if [[ ${1:-} == --require-device ]]; then
    require_device=true
    shift
fi

if ! find_jdk; then
    echo "tornado-test.sh: $no_jdk_message" >&2
    exit 2
fi
export JAVA_HOME=$jdk
find_maven "$root"
maven_version=$("$maven" --version | sed -n 's/^[^A]*\(Apache Maven [0-9.]*\).*/\1/p')
echo "JDK: $JAVA_HOME; Maven: $maven ($maven_version)"

# Maven's own libraries use what the JDK warns of; the second option is unknown to JDKs before 23.
export MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"

options=(-B -ntp -Dstyle.color=never)

echo "== On the JVM and the simulator"
"$maven" "${options[@]}" verify "$@"

echo "== Code for devices that are not here"
for target in ptx opencl cuda; do
    "build-tools/$target-proof.sh" api/target/classes:nn/target/classes:tornado-kernels/target/classes:tornado-kernels/target/test-classes:jvm-kernels/target/classes
done

# Says how it went without a device, and ends.
without_device() {
    echo "$1: the kernels ran in the simulator only"
    if $require_device; then
        echo "tornado-test.sh: failed, because --require-device was given" >&2
        exit 1
    fi
    exit 0
}

find_tornadovm ||
    without_device "TornadoVM SDK: none found (TORNADOVM_HOME: ${TORNADOVM_HOME:-not set}; ~/.sdkman/candidates/tornadovm/current)"
export TORNADOVM_HOME=$tornadovm
sdk="TornadoVM SDK $(sed -n 's/^version=//p' "$TORNADOVM_HOME/etc/tornado.release") at $TORNADOVM_HOME"

echo "== On the $sdk"
query=$("$JAVA_HOME/bin/java" "@$TORNADOVM_HOME/tornado-argfile" \
    uk.ac.manchester.tornado.drivers.TornadoDeviceQuery 2>&1 | sed $'s/\e\\[[0-9;]*m//g') || true
echo "$query"
# The line below the one of the default device: back end, platform and device.
device=$(awk '/DEFAULT/ { getline; $1 = $1; print; exit }' <<<"$query")
[[ -n $device ]] || without_device "$sdk: it has no device"

# Quick, as the default build has checked the sources. What the tests skip without a device is a failure here.
"$maven" "${options[@]}" verify -Dtornadovm -Ddyconv.quick -Ddyconv.requireDevice=true \
    -pl tornado-simulator,tornado-kernels,examples -am "$@"
echo "$sdk: tests ran on $device, and before that in the simulator"
