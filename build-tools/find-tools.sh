# shellcheck shell=sh
# Finds the JDK, Maven, TornadoVM and clang. Sourced by dyconv, tornado-test.sh and the proofs.

required_jdk=25
required_maven=3.8.7

# The feature version of the JDK in folder $1, from its release file; fails if there is none.
jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in
        JAVA_VERSION=*)
            version=${line#*\"}
            version=${version%%[!0-9]*}
            [ -n "$version" ]
            return
            ;;
        esac
    done <"$1/release"
    return 1
}

# Prints the folder that holds bin/java, for the java on PATH.
jdk_on_path() {
    java=$(command -v java) || return 1
    while [ -L "$java" ]; do
        target=$(readlink "$java")
        case $target in
        /*) java=$target ;;
        *) java=${java%/*}/$target ;;
        esac
    done
    (cd "${java%/*}/.." 2>/dev/null && pwd -P)
}

# Sets jdk to the JDK to use: JAVA_HOME if it is new enough, else one of exactly the required version, else a newer one.
find_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && jdk_version "$JAVA_HOME" && [ "$version" -ge "$required_jdk" ]; then
        jdk=$JAVA_HOME
        return 0
    fi
    jdk=
    for candidate in /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/.sdkman/candidates/java/* \
        "$HOME"/.jdks/* /opt/* "$(jdk_on_path)"; do
        jdk_version "$candidate" || continue
        if [ "$version" -eq "$required_jdk" ]; then
            jdk=$candidate
            return 0
        elif [ "$version" -gt "$required_jdk" ] && [ -z "$jdk" ]; then
            jdk=$candidate
        fi
    done
    [ -n "$jdk" ]
}

no_jdk_message="no JDK $required_jdk or newer found: install one (for example Eclipse Temurin $required_jdk, https://adoptium.net), or let JAVA_HOME name it"

# Sets maven to the installed mvn if it is new enough, else to the mvnw in folder $1.
find_maven() {
    maven=$1/mvnw
    installed=$(command -v mvn) || return 0
    version=$("$installed" --version 2>/dev/null | sed -n 's/^[^A]*Apache Maven \([0-9.]*\).*/\1/p')
    oldest=$(printf '%s\n' "$required_maven" "$version" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1)
    [ "$oldest" != "$required_maven" ] || maven=$installed
}

# Sets tornadovm to the SDK's folder: TORNADOVM_HOME, else SDKMAN's current one; fails if neither is an SDK.
find_tornadovm() {
    tornadovm=
    for candidate in "${TORNADOVM_HOME:-}" "$HOME/.sdkman/candidates/tornadovm/current"; do
        if [ -n "$candidate" ] && [ -r "$candidate/tornado-argfile" ]; then
            tornadovm=$candidate
            return 0
        fi
    done
    return 1
}

# Sets clang to one that compiles for AMD's and NVIDIA's GPUs: the one on PATH, else the newest of those with a version.
find_clang() {
    for clang in clang $(seq -f clang-%.0f 25 -1 14); do
        targets=$("$clang" -print-targets 2>/dev/null) || continue
        case $targets in *amdgcn*nvptx64*) return 0 ;; esac
    done
    return 1
}
