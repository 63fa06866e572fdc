package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what ptxas makes of a kernel whose loops are known. */
class MachineCodeTest {
    private static String lines(String each) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            lines.append(each.replace("#", String.valueOf(i))
                            .replace("@", "abcd".substring(i % 4, i % 4 + 1))
                            .replace("$", String.valueOf(4 * i)))
                    .append('\n');
        }
        return lines.toString();
    }

    /** A loop of 12 multiply-adds with a wide and a narrow read, in a loop that has 1 more. */
    @ParameterizedTest
    @ValueSource(ints = {75, 80, 86, 89, 90, 100, 120})
    void findsTheInnermostLoopAndWhatIsInIt(int architecture, @TempDir Path folder) throws Exception {
        Path module = folder.resolve("loops.ptx");
        Path cubin = folder.resolve("loops.cubin");
        Files.writeString(module, """
            .version 7.6
            .target sm_75
            .address_size 64
            .visible .entry loops(.param .u64 out, .param .u32 times) {
                .reg .u64 address;
                .reg .u32 trips, i, j, at, base;
                .reg .f32 a, b, c, d, e, sum<12>;
                .reg .pred again;
                .shared .align 16 .f32 tile[1024];
                ld.param.u64 address, [out];
                ld.param.u32 trips, [times];
                mov.u32 base, tile;
                mov.u32 i, 0;
            %s
            OUTER:
                .pragma "nounroll";
                mov.u32 j, 0;
                mov.u32 at, base;
            INNER:
                .pragma "nounroll";
                ld.shared.v4.f32 {a, b, c, d}, [at];
                ld.shared.f32 e, [at+2048];
            %s
                add.u32 at, at, 16;
                add.u32 j, j, 1;
                setp.lt.u32 again, j, trips;
                @again bra INNER;
                fma.rn.f32 sum0, sum0, sum1, sum2;
                add.u32 i, i, 1;
                setp.lt.u32 again, i, trips;
                @again bra OUTER;
            %s
                ret;
            }
            """.formatted(
                        lines("mov.f32 sum#, 0f00000000;"),
                        lines("fma.rn.f32 sum#, @, e, sum#;"),
                        lines("st.global.f32 [address+$], sum#;")));
        assumeTrue(assembled(module, cubin, architecture), "no ptxas");
        MachineCode.Loop loop = MachineCode.read(cubin, architecture).mainLoop();
        assertThat(loop.multiplyAdds()).isEqualTo(12);
        assertThat(loop.sharedLoads()).isEqualTo(2);
        assertThat(loop.wideSharedLoads()).isEqualTo(1);
        assertThat(loop.instructions()).isBetween(12 + 2 + 3, 12 + 2 + 12);
    }

    private static boolean assembled(Path module, Path cubin, int architecture) throws InterruptedException {
        try {
            Process ptxas = new ProcessBuilder(
                            "ptxas", "-arch=sm_" + architecture, "-o", cubin.toString(), module.toString())
                    .inheritIO()
                    .start();
            assertThat(ptxas.waitFor()).as("ptxas").isZero();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
