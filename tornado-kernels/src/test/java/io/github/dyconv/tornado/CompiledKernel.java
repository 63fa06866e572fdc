package io.github.dyconv.tornado;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What NVIDIA's assembler made of one kernel for one architecture.
 *
 * @param name graph, task, method and parameters, joined by underscores
 * @param architecture N of {@code sm_N}
 * @param registers of a work-item
 * @param sharedBytes of a group
 * @param spills whether registers were kept in memory
 * @param code the machine code
 */
record CompiledKernel(String name, int architecture, int registers, int sharedBytes, boolean spills, MachineCode code) {
    /** More would leave room for fewer than four groups of an implicit GEMM on a multiprocessor. */
    private static final int GEMM_REGISTERS = 128;

    private static final int REGISTERS = 255;
    private static final int SHARED_BYTES = 48 * 1024;

    /** Reads {@code X.sm_N.cubin}, and beside it {@code X.sm_N.log}, which has what ptxas -v said. */
    static CompiledKernel read(Path cubin) throws IOException {
        String file = cubin.getFileName().toString();
        int architecture = Integer.parseInt(find(".*\\.sm_(\\d+)\\.cubin", file));
        String log = Files.readString(cubin.resolveSibling(file.replace(".cubin", ".log")));
        Matcher shared = Pattern.compile(" (\\d+) bytes smem").matcher(log);
        return new CompiledKernel(
                find("Compiling entry function '([^']*)'", log),
                architecture,
                Integer.parseInt(find("Used (\\d+) registers", log)),
                shared.find() ? Integer.parseInt(shared.group(1)) : 0,
                !log.contains("0 bytes spill stores, 0 bytes spill loads"),
                MachineCode.read(cubin, architecture));
    }

    private static String find(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException("nothing like " + pattern + " in: " + text);
        }
        return matcher.group(1);
    }

    /** The Java method. TornadoVM writes it in lower case. */
    String method() {
        return name.split("_", -1)[2];
    }

    boolean isGemm() {
        return method().equals("implicitgemm");
    }

    /** Of half precision, on tensor cores. */
    boolean isMatrixGemm() {
        return method().equals("multiply");
    }

    boolean withinBudget() {
        return !spills
                && registers <= (isGemm() || isMatrixGemm() ? GEMM_REGISTERS : REGISTERS)
                && sharedBytes <= SHARED_BYTES;
    }

    @Override
    public String toString() {
        return "%s on sm_%d: %d registers, %d bytes shared%s"
                .formatted(name, architecture, registers, sharedBytes, spills ? ", spills" : "");
    }
}
