package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.DeviceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of task graphs run as they are, on TornadoVM's device on an SDK, else in the simulator. */
class TaskGraphExamplesTest {
    private static final double TOLERANCE = 5e-6;
    private static final double TOLERANCE_OF_A_NETWORK = 2e-5;

    private interface Program {
        void main(String... args) throws IOException;
    }

    private static String run(Program program) throws IOException {
        PrintStream before = System.out;
        var out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            program.main();
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static double number(String output, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(output);
        assertThat(matcher.find()).as(pattern + " in " + output).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void aChainKeepsWhatIsBetweenItsLayersOnTheDevice() throws IOException {
        String output = run(ChainExample::main);

        assertThat(output).contains(TaskGraphExamples.device().name());
        assertThat(number(output, "difference +(\\S+)")).isLessThan(TOLERANCE);
        double headers = 1024; // and launch parameters
        double input = number(output, "input .* (\\d+) bytes");
        double result = number(output, "output .* (\\d+) bytes");
        assertThat(number(output, "to device +(\\d+)")).isBetween(input, input + headers);
        assertThat(number(output, "to host +(\\d+)")).isBetween(result, result + headers);
    }

    @Test
    void aNetworkStaysOnTheDevice() throws IOException {
        String output = run(NetworkExample::main);

        assertThat(output).contains(TaskGraphExamples.device().name());
        assertThat(number(output, "difference +(\\S+)")).isLessThan(TOLERANCE_OF_A_NETWORK);
        double input = number(output, "input .* (\\d+) bytes");
        double result = number(output, "output .* (\\d+) bytes");
        double headers = 2048; // and launch parameters; what convolutions give has 5 KB and more
        assertThat(number(output, "bytesIn=(\\d+)")).isBetween(input, input + headers);
        assertThat(number(output, "bytesOut=(\\d+)")).isBetween(result, result + headers);
    }

    @Test
    void aLayerRunsBetweenKernelsOfOnesOwn() throws IOException {
        String output = run(OwnTaskGraphExample::main);

        assertThat(output).contains(TaskGraphExamples.device().name());
        assertThat(number(output, "difference +(\\S+)")).isLessThan(TOLERANCE);
    }

    @Test
    void otherDevicesAreRefused() {
        assertThatThrownBy(() -> ChainExample.main(new String[] {"jvm"}))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("task graphs run on TornadoVM's devices and the simulator only, got jvm");
    }
}
