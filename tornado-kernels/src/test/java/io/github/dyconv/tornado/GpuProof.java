package io.github.dyconv.tornado;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Judges what NVIDIA's assembler made of the kernels, and writes the tables of the documentation or compares them with it;
 * {@code build-tools/ptx-proof.sh} calls it.
 */
final class GpuProof {
    private static final double MULTIPLY_ADD_SHARE = 0.75;

    /** Of what a loop reads of local memory, the weights come in wide loads, and the input by itself. */
    private static final double WIDE_LOAD_SHARE = 0.5;

    /** Those that {@link HalfKernels#multiply} has in its source, at least. */
    private static final int MATRIX_PRODUCTS = 16;

    /** The layers whose main loop the shares are asked of. */
    private static final Set<String> STAGES = Set.of("R1", "R2", "R3", "R4");

    private GpuProof() {}

    /**
     * Fails unless all is as it should be.
     *
     * @param arguments a folder with the machine code, the file of the launches, the version of ptxas, the document, and
     *     {@code write} to write that
     */
    public static void main(String[] arguments) throws IOException {
        Launches launches = new Launches(Path.of(arguments[1]));
        List<CompiledKernel> kernels = new ArrayList<>();
        try (DirectoryStream<Path> cubins = Files.newDirectoryStream(Path.of(arguments[0]), "*.cubin")) {
            for (Path cubin : cubins) {
                kernels.add(CompiledKernel.read(cubin));
            }
        }
        for (CompiledKernel kernel : kernels) {
            require(kernel.withinBudget(), kernel + ": beyond the budget");
            int threads = launches.of(kernel.name()).threads();
            require(
                    Multiprocessor.of(kernel.architecture())
                                    .residentBlocks(threads, kernel.registers(), kernel.sharedBytes())
                            > 0,
                    kernel + ": a block of " + threads + " threads fits on no multiprocessor");
            if (kernel.isGemm()
                    && STAGES.contains(stage(launches.of(kernel.name()).layer()))) {
                MachineCode.Loop loop = kernel.code().mainLoop();
                require(loop.multiplyAddShare() >= MULTIPLY_ADD_SHARE, kernel + ": too few multiply-adds in " + loop);
                require(
                        loop.wideSharedLoads() >= WIDE_LOAD_SHARE * loop.sharedLoads(),
                        kernel + ": too few wide loads in " + loop);
            }
        }
        require(kernels.stream().anyMatch(CompiledKernel::isMatrixGemm), "no kernel of half precision was generated");
        for (CompiledKernel kernel : kernels) {
            if (kernel.isMatrixGemm()) {
                require(
                        kernel.code().matrixProducts() >= MATRIX_PRODUCTS,
                        kernel + ": too few instructions for tensor cores");
            }
        }
        GpuProofTables tables = new GpuProofTables(kernels, launches, arguments[2]);
        Path document = Path.of(arguments[3]);
        if (arguments.length > 4 && arguments[4].equals("write")) {
            Files.writeString(document, tables.text());
        }
        require(
                tables.agreesWith(Files.readString(document)),
                document + " is stale: build-tools/ptx-proof.sh … write writes it anew");
        System.out.printf(
                "PTX: %d compilations by ptxas without spills; at most %d registers, %d bytes shared; "
                        + "main loops at least %.0f %% multiply-adds%n",
                kernels.size(),
                kernels.stream().mapToInt(CompiledKernel::registers).max().orElseThrow(),
                kernels.stream().mapToInt(CompiledKernel::sharedBytes).max().orElseThrow(),
                100 * MULTIPLY_ADD_SHARE);
    }

    private static String stage(String layer) {
        return layer.substring(0, layer.indexOf(':'));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            System.err.println("PTX: " + otherwise);
            System.exit(1);
        }
    }
}
