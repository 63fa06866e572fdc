package uk.ac.manchester.tornado.api.types.arrays;

import io.github.dyconv.simulator.engine.AccessMonitor;
import io.github.dyconv.simulator.engine.MirrorAccess;
import java.util.Optional;

/** Gives the engine what the array classes don't show. */
final class DeviceArrays implements MirrorAccess.Arrays {

    @Override
    public TornadoNativeArray onDevice(TornadoNativeArray host, AccessMonitor monitor) {
        ArrayStorage storage = host.storage().onDevice(monitor);
        return switch (host) {
            case FloatArray _ -> new FloatArray(storage);
            case IntArray _ -> new IntArray(storage);
            case DoubleArray _ -> new DoubleArray(storage);
            case LongArray _ -> new LongArray(storage);
            case ByteArray _ -> new ByteArray(storage);
            case HalfFloatArray _ -> new HalfFloatArray(storage);
            default -> throw new IllegalArgumentException("no device form of " + host.getClass());
        };
    }

    @Override
    public Optional<AccessMonitor> monitorOf(TornadoNativeArray array) {
        return Optional.ofNullable(array.storage().monitor());
    }
}
