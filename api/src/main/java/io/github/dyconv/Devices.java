package io.github.dyconv;

import io.github.dyconv.spi.DeviceProvider;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Finds and chooses devices.
 *
 * <p>A request is {@code auto} (a TornadoVM device if there is one, else the JVM), a family ({@code jvm}, {@code tornado},
 * {@code simulator}), or a device's full name, such as {@code tornado:OPENCL:0}. After a full name and a colon, one of the
 * device's algorithms may be forced: {@code jvm:reference}. Families are probed only when a request can reach them. Safe
 * for many threads.
 */
public final class Devices {
    private static final System.Logger LOGGER = System.getLogger(Devices.class.getName());
    private static final List<Family> FAMILIES = load();

    /** A provider, or the reason why it did not load, and what its one probe found. */
    private static final class Family {
        private final String name;
        private final int order;
        private final boolean automatic;
        private final java.util.function.Supplier<List<DeviceCandidate>> probe;
        private final ConcurrentHashMap<String, List<DeviceCandidate>> found = new ConcurrentHashMap<>();

        Family(DeviceProvider provider) {
            this.name = provider.family();
            this.order = provider.order();
            this.automatic = provider.automatic();
            this.probe = provider::probe;
        }

        Family(String name, String reason) {
            this.name = name;
            this.order = Integer.MAX_VALUE;
            this.automatic = true;
            this.probe = () -> List.of(DeviceCandidate.unavailable(name, reason));
        }

        List<DeviceCandidate> candidates() {
            return found.computeIfAbsent(name, key -> probed());
        }

        private List<DeviceCandidate> probed() {
            try {
                return List.copyOf(probe.get());
            } catch (Throwable e) { // a driver may throw anything, TornadoVM an Error of its own
                LOGGER.log(Level.DEBUG, "probing " + name, e);
                return List.of(DeviceCandidate.unavailable(name, "probing failed: " + e));
            }
        }
    }

    private Devices() {}

    private static List<Family> load() {
        List<Family> families = new ArrayList<>();
        Iterator<ServiceLoader.Provider<DeviceProvider>> providers =
                ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader()).stream()
                        .iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                families.add(family(providers.next()));
            } catch (ServiceConfigurationError e) { // names a class that is not there: the next may be all right
                LOGGER.log(Level.DEBUG, "looking for device providers", e);
                families.add(new Family("provider", "its class did not load: " + e.getMessage()));
            }
        }
        families.sort(Comparator.comparingInt(family -> family.order));
        return List.copyOf(families);
    }

    private static Family family(ServiceLoader.Provider<DeviceProvider> provider) {
        try {
            return new Family(provider.get());
        } catch (Throwable e) { // missing libraries are a normal reason
            LOGGER.log(Level.DEBUG, "loading a device provider", e);
            return new Family(provider.type().getSimpleName(), "its provider did not load: " + e);
        }
    }

    /**
     * All that could be chosen here, and why the others could not, in the order of preference.
     *
     * @return the candidates of every family
     */
    public static List<DeviceCandidate> list() {
        return FAMILIES.stream().flatMap(family -> family.candidates().stream()).toList();
    }

    /**
     * The device for a request.
     *
     * @param request {@code auto}, a family, or a device's name, alone or with an algorithm
     * @return the device
     * @throws DeviceException if there is none, with all reasons and what there is instead
     */
    public static Device select(String request) {
        return selection(request).device();
    }

    /**
     * The device for a request, with the reasons.
     *
     * @param request {@code auto}, a family, or a device's name, alone or with an algorithm
     * @return the choice
     * @throws DeviceException if there is none, with all reasons and what there is instead
     */
    public static DeviceSelection selection(String request) {
        boolean auto = request.equals("auto");
        List<DeviceCandidate> passedOver = new ArrayList<>();
        for (Family family : FAMILIES) {
            if (auto ? !family.automatic : !(request + ":").startsWith(family.name + ":")) {
                continue;
            }
            for (DeviceCandidate candidate : family.candidates()) {
                boolean forced = !auto && request.startsWith(candidate.name() + ":");
                if (!auto && !forced && !(candidate.name() + ":").startsWith(request + ":")) {
                    continue;
                }
                if (candidate.device().isEmpty()) {
                    passedOver.add(candidate);
                    continue;
                }
                Device device = candidate.device().get();
                if (forced) {
                    device = device.withAlgorithm(
                            request.substring(candidate.name().length() + 1));
                }
                return new DeviceSelection(device, reason(request, passedOver), List.copyOf(passedOver));
            }
        }
        throw new DeviceException(refusal(request, passedOver));
    }

    private static String reason(String request, List<DeviceCandidate> passedOver) {
        if (!request.equals("auto")) {
            return "asked for as '" + request + "'";
        }
        return passedOver.isEmpty() ? "the first in the order of preference" : "passed over " + text(passedOver);
    }

    private static String refusal(String request, List<DeviceCandidate> passedOver) {
        String available = list().stream()
                .filter(candidate -> candidate.device().isPresent())
                .map(DeviceCandidate::name)
                .collect(Collectors.joining(", "));
        return "device '" + request + "' is not there"
                + (passedOver.isEmpty() ? "" : ": " + text(passedOver))
                + "; available: "
                + (available.isEmpty() ? "none (is dyconv-jvm on the class path?)" : available);
    }

    private static String text(List<DeviceCandidate> refused) {
        return refused.stream()
                .map(candidate -> candidate.name() + " (" + candidate.reason() + ")")
                .collect(Collectors.joining(", "));
    }
}
