package io.github.dyconv.tornado;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The machine code of one kernel, from the ELF file that NVIDIA's assembler writes for an architecture from sm_75 on. It
 * knows what the proof asks for: the multiply-adds, matrix products, reads of shared memory and their width, and where branches lead.
 * Instructions have 16 bytes; the operation is in the lowest 9 bits.
 */
final class MachineCode {
    /**
     * A loop: the instructions from the target of a backward branch to that branch.
     *
     * @param instructions all
     * @param multiplyAdds FFMA
     * @param sharedLoads LDS
     * @param wideSharedLoads those of 64 or 128 bits
     */
    record Loop(int instructions, int multiplyAdds, int sharedLoads, int wideSharedLoads) {
        double multiplyAddShare() {
            return (double) multiplyAdds / instructions;
        }
    }

    private static final int BYTES = 16;
    private static final int OPERATION = 0x1ff;
    private static final int FFMA = 0x023;
    private static final int HMMA = 0x03c;
    private static final int LDS = 0x184;
    private static final int BRA = 0x147;

    /** From this architecture on, the lowest bits of a branch's distance have a field of their own. */
    private static final int SPLIT_DISTANCE = 90;

    private final int architecture;
    private final ByteBuffer code;

    /** Code of the architecture {@code sm_N}. */
    private MachineCode(int architecture, ByteBuffer code) {
        this.architecture = architecture;
        this.code = code;
    }

    /** Reads the first kernel of an ELF file. */
    static MachineCode read(Path file, int architecture) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int sections = Math.toIntExact(elf.getLong(0x28));
        int names = sections + 64 * elf.getShort(0x3e);
        for (int i = 0; i < elf.getShort(0x3c); i++) {
            int header = sections + 64 * i;
            int name = Math.toIntExact(elf.getLong(names + 0x18)) + elf.getInt(header);
            byte[] prefix = new byte[6];
            elf.get(name, prefix);
            if (new String(prefix, StandardCharsets.US_ASCII).equals(".text.")) {
                int offset = Math.toIntExact(elf.getLong(header + 0x18));
                int size = Math.toIntExact(elf.getLong(header + 0x20));
                return new MachineCode(architecture, elf.slice(offset, size).order(ByteOrder.LITTLE_ENDIAN));
            }
        }
        throw new IOException(file + ": no kernel");
    }

    /** The instructions for tensor cores (HMMA). */
    int matrixProducts() {
        return (int) IntStream.range(0, code.limit() / BYTES)
                .filter(i -> operation(i) == HMMA)
                .count();
    }

    /** Of the loops without another one in them, that with the most multiply-adds. */
    Loop mainLoop() {
        record Span(int first, int last) {}
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < code.limit() / BYTES; i++) {
            if (operation(i) == BRA && target(i) <= i) {
                spans.add(new Span(target(i), i));
            }
        }
        return spans.stream()
                .filter(outer -> spans.stream()
                        .noneMatch(inner ->
                                !inner.equals(outer) && inner.first() >= outer.first() && inner.last() <= outer.last()))
                .map(span -> loop(span.first(), span.last()))
                .max(Comparator.comparingInt(Loop::multiplyAdds))
                .orElseThrow(() -> new IllegalArgumentException("a kernel without a loop"));
    }

    private Loop loop(int first, int last) {
        int multiplyAdds = 0;
        int loads = 0;
        int wideLoads = 0;
        for (int i = first; i <= last; i++) {
            if (operation(i) == FFMA) {
                multiplyAdds++;
            } else if (operation(i) == LDS) {
                loads++;
                long width = (code.getLong(i * BYTES + Long.BYTES) >>> 9) & 7; // 4: 32 bits, 5: 64, 6: 128
                if (width > 4) {
                    wideLoads++;
                }
            }
        }
        return new Loop(last - first + 1, multiplyAdds, loads, wideLoads);
    }

    private int operation(int i) {
        return code.getShort(i * BYTES) & OPERATION;
    }

    /** Where a branch leads. Its distance from the next instruction has 48 bits in the middle, and comes in words of 4 bytes. */
    private int target(int i) {
        long low = code.getLong(i * BYTES);
        long high = code.getLong(i * BYTES + Long.BYTES);
        long middle = (((low >>> 34) | (high << 30)) << 16) >> 16;
        long words = architecture < SPLIT_DISTANCE ? middle : (middle << 8) | ((low >>> 16) & 0xff);
        return Math.toIntExact(i + 1 + words * 4 / BYTES);
    }
}
