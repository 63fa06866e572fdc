package io.github.dyconv.tornado;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The document of what is known about the GPU code: resources of every kernel, and the implicit GEMM of each layer. */
final class GpuProofTables {
    private static final int H100_UNITS = 132;

    private static final String HEAD = """
            # Code for NVIDIA GPUs, as far as it can be judged without one

            Generated; after a change of the kernels:

                ./tornado-test.sh                      # builds, and runs the proof
                build-tools/ptx-proof.sh CLASS-PATH write

            TornadoVM's PTX back end generated the kernels of the named layers, forward and backward, and forward in half precision, batch after the colon, on a stand-in for the CUDA driver, and `ptxas` (""";

    private static final String AFTER_ASSEMBLER = """
            ) compiled them for each architecture from sm_75 on. None spills, and half precision multiplies by instructions for tensor cores (HMMA). Nothing here ran on a GPU.
            """;

    private static final String RESOURCES = """

            ## Registers, shared memory, occupancy

            The most of each kernel over all layers: registers of a thread, and how many warps a multiprocessor then holds, computed from registers, shared memory and threads of a block and the architecture's limits in NVIDIA's CUDA programming guide; the fewest over all layers. Layers differ, as every shape compiles its own kernel. A block of fewer than 32 threads still takes a warp.

            """;

    private static final String GEMM = """

            ## The implicit GEMM

            Forward, on 132 multiprocessors of sm_90. The main loop is the innermost one with the most multiply-adds (FFMA), read from the machine code; the shares are the lowest of all architectures. A multiply-add needs a weight and an input in registers: a work-item reads 16 weights, which its whole warp shares, in four loads of 128 bits, and each of its inputs, which lie side by side in the warp, in one of 32 bits. The rest of the loop counts and branches. With 16 outputs of one pixel, 16 multiply-adds take 5 loads, so 76 % is the most there can be.

            What fills local memory comes on top, once for each step of 8 or 16 input channels. TornadoVM 5.2.0's PTX back end takes vectors apart and computes each address in 64 bits from an index of 32, which `ptxas` does not see through: 5 instructions for each element loaded from global memory, whatever the source says.

            """;

    private final List<CompiledKernel> kernels;
    private final Launches launches;
    private final String assembler;

    GpuProofTables(List<CompiledKernel> kernels, Launches launches, String assembler) {
        this.kernels = kernels;
        this.launches = launches;
        this.assembler = assembler;
    }

    String text() {
        return HEAD + assembler + AFTER_ASSEMBLER + RESOURCES + resources() + GEMM + gemm();
    }

    /** Whether a document is what this would write, or, made with another assembler, has the same kernels and layers. */
    boolean agreesWith(String document) {
        return document.contains(assembler)
                ? document.equals(text())
                : firstCells(document).equals(firstCells(text()));
    }

    private static List<String> firstCells(String document) {
        return document.lines()
                .filter(line -> line.startsWith("|"))
                .map(line -> line.substring(0, line.indexOf('|', 1)))
                .toList();
    }

    private String resources() {
        Map<String, List<CompiledKernel>> rows = new TreeMap<>(kernels.stream()
                .collect(Collectors.groupingBy(kernel -> "`" + kernel.method() + "` | "
                        + launches.of(kernel.name()).schedule())));
        StringBuilder table = new StringBuilder("| kernel | schedule | shared bytes |");
        for (Multiprocessor m : Multiprocessor.values()) {
            table.append(" sm_%d |".formatted(m.architecture()));
        }
        table.append("\n|---|---|---|")
                .append("---|".repeat(Multiprocessor.values().length))
                .append('\n');
        rows.forEach((name, row) -> {
            table.append("| %s | %d |"
                    .formatted(
                            name,
                            row.stream()
                                    .mapToInt(CompiledKernel::sharedBytes)
                                    .max()
                                    .orElseThrow()));
            for (Multiprocessor m : Multiprocessor.values()) {
                List<CompiledKernel> here = row.stream()
                        .filter(kernel -> kernel.architecture() == m.architecture())
                        .toList();
                OptionalInt registers =
                        here.stream().mapToInt(CompiledKernel::registers).max();
                OptionalInt warps = here.stream()
                        .mapToInt(kernel -> residentWarps(kernel, m))
                        .min();
                table.append(
                        here.isEmpty()
                                ? " |"
                                : " %d, %d warps |".formatted(registers.orElseThrow(), warps.orElseThrow()));
            }
            table.append('\n');
        });
        return table.toString();
    }

    private int residentWarps(CompiledKernel kernel, Multiprocessor m) {
        return m.residentWarps(launches.of(kernel.name()).threads(), kernel.registers(), kernel.sharedBytes());
    }

    private String gemm() {
        StringBuilder table = new StringBuilder("""
                | layer | blocks | blocks on a multiprocessor | waves | registers | FFMA | wide of the shared loads |
                |---|---|---|---|---|---|---|
                """);
        for (ProofLayer layer : ProofLayer.ALL) {
            forwardGemm(layer).ifPresent(kernel -> {
                Launches.Launch launch = launches.of(kernel.name());
                int resident =
                        Multiprocessor.SM_90.residentBlocks(launch.threads(), kernel.registers(), kernel.sharedBytes());
                List<MachineCode.Loop> loops = new ArrayList<>();
                kernels.stream()
                        .filter(other -> other.name().equals(kernel.name()))
                        .forEach(other -> loops.add(other.code().mainLoop()));
                double share = loops.stream()
                        .mapToDouble(MachineCode.Loop::multiplyAddShare)
                        .min()
                        .orElseThrow();
                double wide = loops.stream()
                        .mapToDouble(loop -> (double) loop.wideSharedLoads() / loop.sharedLoads())
                        .min()
                        .orElseThrow();
                table.append("| %s | %d | %d | %.2f | %d | %.1f %% | %.0f %% |\n"
                        .formatted(
                                layer.label(),
                                launch.blocks(),
                                resident,
                                (double) launch.blocks() / (H100_UNITS * resident),
                                kernel.registers(),
                                100 * share,
                                100 * wide));
            });
        }
        return table.toString();
    }

    private Optional<CompiledKernel> forwardGemm(ProofLayer layer) {
        return launches.all().stream()
                .filter(launch ->
                        launch.schedule().equals("tiled") && launch.layer().equals(layer.label()))
                .flatMap(launch ->
                        kernels.stream().filter(kernel -> kernel.name().equals(launch.kernel())))
                .filter(kernel ->
                        kernel.isGemm() && kernel.name().startsWith("forward_") && kernel.architecture() == 90)
                .min(Comparator.comparing(CompiledKernel::name));
    }
}
