package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.spi.ForwardProblem;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * Schedules that were measured on a device, in a file. Forward plans and networks on TornadoVM's devices and the simulator look
 * there before they choose a schedule by rule, unless one is forced; training plans, of whose backward pass nothing is measured,
 * don't.
 *
 * <p>An entry holds for one layer and input shape, precision, device, driver and version of TornadoVM; what was measured with
 * others is not found. A file that can't be read, and an entry for what can't run, are ignored with one warning for each file in
 * a JVM.
 *
 * <p>Safe for many threads. Processes that write one file at the same time may lose each other's entries, and nothing else.
 */
public final class TunedSchedules {
    /** A system property with the file that devices look at; if empty, they don't. */
    public static final String PROPERTY = "io.github.dyconv.tornado.schedules";

    private static final System.Logger LOGGER = System.getLogger(TunedSchedules.class.getName());
    private static final Set<Path> WARNED = ConcurrentHashMap.newKeySet();

    private final ScheduleFile file;

    private TunedSchedules(Path file) {
        this.file = new ScheduleFile(file);
    }

    /**
     * Those in a file.
     *
     * @param file need not exist
     * @return the schedules
     */
    public static TunedSchedules in(Path file) {
        return new TunedSchedules(file);
    }

    /**
     * Those that devices look at unless told otherwise: in the file that {@value #PROPERTY} names, else {@code
     * dyconv/schedules.properties} in {@code $XDG_CACHE_HOME}, else in {@code .cache} in the user's home.
     *
     * @return the schedules, or empty if the property is
     */
    public static Optional<TunedSchedules> ofUser() {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            return named.isEmpty() ? Optional.empty() : Optional.of(in(Path.of(named)));
        }
        String caches = System.getenv("XDG_CACHE_HOME");
        Path folder = caches == null || caches.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(caches);
        return Optional.of(in(folder.resolve("dyconv").resolve("schedules.properties")));
    }

    /**
     * Where they are.
     *
     * @return the file, which need not exist
     */
    public Path path() {
        return file.path();
    }

    /**
     * A device that looks here.
     *
     * @param device one of TornadoVM's, or the simulator
     * @return the same device otherwise
     * @throws DeviceException if it is another, or has a schedule forced
     */
    public Device usedBy(Device device) {
        TornadoVmDevice tornadoVm = unforced(device);
        return new TornadoVmDevice(tornadoVm.name(), tornadoVm.tornado(), Optional.empty(), Optional.of(this));
    }

    /**
     * What there is to choose from: each schedule that can run a layer on a device, alone and with each tile that is worth a
     * trial. {@link Device#withAlgorithm} takes these names.
     *
     * @param device one of TornadoVM's, or the simulator
     * @param problem the layer
     * @return the names for each schedule, the first with the tile that it takes by itself; first of all the one that is chosen by
     *     rule
     * @throws DeviceException if the device is another, has a schedule forced, or can't run the layer
     */
    public static List<List<String>> candidates(Device device, ForwardProblem problem) {
        TornadoDevice tornado = unforced(device).tornado();
        Schedule byRule = ScheduleChoice.of(tornado, problem, Optional.empty()).schedule();
        Stream<Schedule> others = Schedules.of(problem.options().precision()).stream()
                .filter(schedule -> !schedule.equals(byRule))
                .filter(schedule -> schedule.unsupported(tornado, problem).isEmpty());
        return Stream.concat(Stream.of(byRule), others)
                .map(schedule -> schedule.variants(tornado, problem).stream()
                        .map(Schedule::name)
                        .toList())
                .toList();
    }

    private static TornadoVmDevice unforced(Device device) {
        TornadoVmDevice tornadoVm = TornadoVmDevice.of(device);
        if (tornadoVm.forced().isPresent()) {
            throw new DeviceException("device: with a schedule forced there is nothing to choose from; name "
                    + device.name() + " without it");
        }
        return tornadoVm;
    }

    /**
     * Adds what was measured to the file, or puts it in the place of what was measured before.
     *
     * @param device where it was
     * @param problem the layer
     * @param schedule the name of the best, one of the {@link #candidates}
     * @param millis its time, in ms
     * @param ruleMillis the time of the one that is chosen by rule, in ms
     * @throws IOException if the file can't be written; it then stays as it was
     */
    public void keep(Device device, ForwardProblem problem, String schedule, double millis, double ruleMillis)
            throws IOException {
        MeasuredSchedule measured = new MeasuredSchedule(
                Schedules.named(schedule)
                        .orElseThrow(() -> new IllegalArgumentException("schedule: there is no '" + schedule + "'")),
                millis,
                ruleMillis);
        Map<String, String> entries = new TreeMap<>(read());
        entries.put(ScheduleKey.of(TornadoVmDevice.of(device), problem), measured.toString());
        file.write(entries);
    }

    /** What is known of a layer on a device, if it can run there. */
    Optional<MeasuredSchedule> find(TornadoVmDevice device, ForwardProblem problem) {
        Map<String, String> entries = read();
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        String entry = entries.get(ScheduleKey.of(device, problem));
        if (entry == null) {
            return Optional.empty();
        }
        Optional<MeasuredSchedule> measured = MeasuredSchedule.parse(entry);
        Optional<String> refusal = measured.isEmpty()
                ? Optional.of("no schedule is written so")
                : measured.flatMap(known -> known.unsupported(device.tornado(), problem));
        refusal.ifPresent(reason -> warn("measured schedule '" + entry + "' in " + path() + " is ignored: " + reason));
        return refusal.isPresent() ? Optional.empty() : measured;
    }

    private Map<String, String> read() {
        try {
            return file.read();
        } catch (IOException e) {
            warn("measured schedules in " + path() + " are ignored: " + e.getMessage());
            return Map.of();
        }
    }

    private void warn(String what) {
        if (WARNED.add(path().toAbsolutePath())) {
            LOGGER.log(Level.WARNING, what + "; 'dyconv tune' measures anew");
        }
    }
}
