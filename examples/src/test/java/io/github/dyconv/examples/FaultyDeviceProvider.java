package io.github.dyconv.examples;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.DeviceProvider;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.util.List;

/** A device that gets one output wrong, breaks down, or refuses everything, as its algorithms' names say. */
public final class FaultyDeviceProvider implements DeviceProvider {
    static final String NAME = "faulty";

    /** For the service loader. */
    public FaultyDeviceProvider() {}

    @Override
    public String family() {
        return NAME;
    }

    @Override
    public int order() {
        return 1000;
    }

    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public List<DeviceCandidate> probe() {
        return List.of(DeviceCandidate.available(new Faulty("wrong")));
    }

    private record Faulty(String algorithm) implements Device {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "a broken device";
        }

        @Override
        public List<String> algorithms() {
            return List.of("wrong", "crashing", "refusing");
        }

        @Override
        public Device withAlgorithm(String other) {
            return new Faulty(other);
        }

        @Override
        public PreparedForward prepare(ForwardProblem problem) {
            if (algorithm.equals("refusing")) {
                throw new DeviceException("this device takes nothing");
            }
            return new FaultyForward(algorithm, Devices.select("jvm").prepare(problem));
        }
    }

    private record FaultyForward(String algorithm, PreparedForward right) implements PreparedForward {
        @Override
        public void run(Parameters parameters, Tensor input, Tensor output) {
            if (algorithm.equals("crashing")) {
                throw new DeviceException("lost the device", new IllegalStateException("reset\nby the driver"));
            }
            right.run(parameters, input, output);
            output.set(output.get(0, 0, 0, 0) + 0.01f, 0, 0, 0, 0);
        }

        @Override
        public Tensor attention() {
            return right.attention();
        }

        @Override
        public List<AlgorithmChoice> algorithms() {
            return List.of(new AlgorithmChoice(algorithm, true, "forced"));
        }

        @Override
        public long scratchBytes() {
            return 0;
        }

        @Override
        public void close() {
            right.close();
        }
    }
}
