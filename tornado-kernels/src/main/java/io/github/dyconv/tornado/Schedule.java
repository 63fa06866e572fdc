package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Locale;
import java.util.Optional;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/** Which kernels run a layer: schedules in order of preference, the last of which takes every layer on every device. */
enum Schedule {
    /** Work-groups with local memory: {@link PoolKernels#averageByGroup} and {@link ConvolutionKernels#implicitGemm}. */
    TILED {
        @Override
        Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
            long localBytes = 2L * ConvolutionKernels.TILE * ConvolutionKernels.DEPTH * Float.BYTES;
            if (device.getDeviceLocalMemorySize() < localBytes) {
                return Optional.of("needs " + localBytes + " bytes of local memory, the device has "
                        + device.getDeviceLocalMemorySize());
            }
            long largestGroup = largestGroup(device);
            if (largestGroup < PoolKernels.GROUP) {
                return Optional.of(
                        "needs work-groups of " + PoolKernels.GROUP + ", the device takes at most " + largestGroup);
            }
            long groups = (long) problem.batch() * problem.geometry().groups();
            if (groups > MOST_GROUPS_ALONG_Z) {
                return Optional.of(
                        "batch times groups is " + groups + ", a launch takes at most " + MOST_GROUPS_ALONG_Z);
            }
            return (long) problem.batch() * problem.geometry().inPlanes() * PoolKernels.GROUP > Integer.MAX_VALUE
                    ? Optional.of("too many input planes for one launch")
                    : Optional.empty();
        }

        @Override
        Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
            if (device.getDeviceType() != TornadoDeviceType.GPU) {
                return Optional.of(
                        "local memory and barriers cost more than they bring on a " + device.getDeviceType());
            }
            int outPlanes = problem.geometry().outPlanesPerGroup();
            return outPlanes < FEWEST_CHANNELS
                    ? Optional.of("only " + outPlanes + " output channels per group, most of a tile would be idle")
                    : Optional.empty();
        }
    },
    /** Flat loops, one output per work-item: {@link PoolKernels#average} and {@link ConvolutionKernels#direct}. */
    PARALLEL {
        @Override
        Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
            return Optional.empty();
        }

        @Override
        Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
            return Optional.empty();
        }
    };

    /** CUDA's limit for a grid's third dimension. */
    private static final int MOST_GROUPS_ALONG_Z = 65_535;

    /** With fewer output channels per group, three quarters of a tile would compute nothing. */
    private static final int FEWEST_CHANNELS = ConvolutionKernels.TILE / 4;

    /** Work-items in one group at most. */
    static long largestGroup(TornadoDevice device) {
        return device.getPhysicalDevice().getDeviceMaxWorkGroupSize()[0];
    }

    String term() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Why the device can't run it, or empty if it can. */
    abstract Optional<String> unsupported(TornadoDevice device, ForwardProblem problem);

    /** Why the next schedule is the better one here, or empty if this is. */
    abstract Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem);
}
