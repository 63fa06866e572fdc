package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault;
import io.github.dyconv.simulator.KernelFault.Kind;
import io.github.dyconv.simulator.SimulationReport.TaskReport;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Watches one launch of a kernel. Instrumented kernels have it as their last parameter and tell it where they are; the
 * monitors of arrays tell it of accesses and have it make their faults. One thread runs a launch.
 */
public final class Tracer implements KernelRuntime {

    private static final AccessMonitor UNTRACKED = new AccessMonitor() {
        @Override
        public void onRead(int index) {}

        @Override
        public void onWrite(int index) {}
    };

    /** What buffers report to while no kernel runs. */
    static final Tracer IDLE = idle();

    private final Launch launch;
    private final SimulatorOptions options;
    private final ParallelIndices parallel;
    private final RaceShadow.Position globalPosition;
    private final RaceShadow.Position localPosition;
    private final WarpSectors warps = new WarpSectors();
    private final ArrayRegistry argumentArrays = new ArrayRegistry();
    private final ArrayRegistry localArrays = new ArrayRegistry();
    private final List<LocalArray> groupArrays = new ArrayList<>();
    private final WarpMatrices matrices;
    private final boolean checksRaces;
    private final boolean countsSectors;

    private int site;
    private long key;
    private long callKey;
    private boolean updating;
    private WorkItem current = new WorkItem(1, new SavedFrame());
    private Object lastArray = this;
    private AccessMonitor lastMonitor = UNTRACKED;
    private int groupAllocations;
    private long localBytes;
    private long bytesRead;
    private long bytesWritten;

    Tracer(Launch launch, SimulatorOptions options, ParallelIndices parallel, GridShape shape) {
        this.launch = launch;
        this.options = options;
        this.parallel = parallel;
        this.globalPosition = new RaceShadow.Position(shape.groupSize());
        this.localPosition = new RaceShadow.Position(shape.groupSize());
        this.matrices = new WarpMatrices(this, shape.localSize(0) % FragmentLayout.LANES == 0);
        this.checksRaces = options.raceChecks();
        this.countsSectors = options.sectorCounts();
    }

    private static Tracer idle() {
        KernelCode code = new KernelCode(
                "no kernel",
                MethodHandles.zero(void.class),
                List.of(),
                List.of(new KernelCode.Site("", "")),
                List.of(),
                List.of());
        return new Tracer(
                new Launch("no task", code, number -> "the host"),
                new SimulatorOptions(false, false, 1, 0, 0),
                new ParallelIndices(List.of()),
                GridShape.SINGLE);
    }

    // Called by instrumented kernels.

    /**
     * Hears where the next access is.
     *
     * @param newSite the instruction
     * @param newKey what tells its executions by one work-item apart, and is the same for other work-items
     */
    public void at(int newSite, long newKey) {
        site = newSite;
        key = newKey;
    }

    /**
     * Hears that a method of the user is called next.
     *
     * @param newKey what tells the calls by one work-item apart
     */
    public void callAt(long newKey) {
        callKey = newKey;
    }

    /** {@return the key of the call that led into the method that runs} */
    public long callKey() {
        return callKey;
    }

    /**
     * Hears that a {@code @Parallel} loop begins.
     *
     * @param value its variable
     * @param depth how many such loops are around it
     */
    public void parallelStart(int value, int depth) {
        parallel.start(depth, value);
        moveToParallelIndex();
    }

    /**
     * Hears that a {@code @Parallel} loop goes on.
     *
     * @param value its variable
     * @param depth how many such loops are around it
     */
    public void parallelNext(int value, int depth) {
        parallel.next(depth, value);
        moveToParallelIndex();
    }

    /**
     * Hears of a new private array.
     *
     * @param array the array
     * @param newSite the instruction
     */
    public void privateArray(Object array, int newSite) {
        String variable = launch.code().sites().get(newSite).variable();
        String type = array.getClass().getComponentType().getSimpleName() + "[" + Array.getLength(array) + "]";
        String name = variable.isEmpty() ? "a private " + type : "private array '" + variable + "' (" + type + ")";
        current.addPrivateArray(newSite, array, new PrivateArray(this, name, Array.getLength(array)));
        lastArray = this;
    }

    /**
     * Checks a read of a Java array.
     *
     * @param array the array
     * @param index the element's index
     * @param tracer the launch
     * @param site the instruction
     * @param key see {@link #at}
     */
    public static void beforeRead(Object array, int index, Tracer tracer, int site, long key) {
        tracer.at(site, key);
        tracer.monitorOf(array).onRead(index);
    }

    /**
     * Checks a write to a Java array.
     *
     * @param array the array
     * @param index the element's index
     * @param tracer the launch
     * @param site the instruction
     * @param key see {@link #at}
     */
    public static void beforeWrite(Object array, int index, Tracer tracer, int site, long key) {
        tracer.at(site, key);
        tracer.monitorOf(array).onWrite(index);
    }

    /**
     * Checks an array that is an argument of a method that the kernel calls.
     *
     * @param array the array
     * @param method the method's name
     */
    public void argumentOfHelper(Object array, String method) {
        if (monitorOf(array) instanceof LocalArray) {
            throw fault(
                    Kind.LOCAL_ARRAY_TO_HELPER,
                    "passes a local array to %s; TornadoVM then indexes it by bytes: use it in the kernel itself"
                            .formatted(method));
        }
    }

    /**
     * Hears that the work-item is at a barrier. The method saves its variables and returns.
     *
     * @param barrier the barrier
     */
    public void waitAt(int barrier) {
        current.waitAt(barrier);
    }

    /** {@return whether the work-item is on its way to waiting, so that the calling method must save its variables too} */
    public boolean isWaiting() {
        return current.waitingAt() != WorkItem.NOT_WAITING;
    }

    /** {@return the saved variables of the work-item} */
    public SavedFrame savedFrame() {
        return current.frame();
    }

    // Called by kernel contexts.

    @Override
    public void localBarrier() {
        throw uninstrumentedBarrier();
    }

    @Override
    public void globalBarrier() {
        throw uninstrumentedBarrier();
    }

    private RuntimeException uninstrumentedBarrier() {
        return fault(Kind.UNSUPPORTED_CODE, "waits at a barrier in a method that the simulator cannot interrupt");
    }

    @Override
    public <T> T allocateLocal(Class<T> arrayType, int size) {
        int ordinal = current.nextLocalAllocation();
        if (ordinal == groupAllocations) {
            groupAllocations++;
            if (ordinal == groupArrays.size()) {
                groupArrays.add(makeLocalArray(arrayType, size, ordinal));
            } else if (!groupArrays.get(ordinal).is(arrayType, size)) {
                localBytes -= groupArrays.get(ordinal).bytes();
                groupArrays.set(ordinal, makeLocalArray(arrayType, size, ordinal));
            }
            LocalArray array = groupArrays.get(ordinal);
            array.beginGroup();
            localArrays.add(array.array(), array);
        }
        LocalArray array = groupArrays.get(ordinal);
        if (!array.is(arrayType, size)) {
            throw fault(
                    Kind.DIVERGENT_ALLOCATION,
                    "allocates %s[%d] as local array %d, for which another work-item of its group has %s"
                            .formatted(
                                    arrayType.getComponentType().getSimpleName(), size, ordinal + 1, array.describe()));
        }
        return arrayType.cast(array.array());
    }

    private LocalArray makeLocalArray(Class<?> arrayType, int size, int ordinal) {
        String variable = launch.code().sites().get(site).variable();
        String name = variable.isEmpty() ? "local array " + (ordinal + 1) : "local array '" + variable + "'";
        Class<?> elementType = arrayType.getComponentType();
        long bytes = (long) size * LocalArray.elementBytes(elementType);
        if (localBytes + bytes > options.localMemoryBytes()) {
            throw fault(
                    Kind.LOCAL_MEMORY_EXCEEDED,
                    "allocates %s of %d bytes on top of %d bytes, but a group has %d bytes of local memory"
                            .formatted(name, bytes, localBytes, options.localMemoryBytes()));
        }
        localBytes += bytes;
        return new LocalArray(this, name, Array.newInstance(elementType, size));
    }

    @Override
    public void atomically(Object array, int index, Runnable update) {
        AccessMonitor monitor = array instanceof TornadoNativeArray nativeArray
                ? MirrorAccess.arrays().monitorOf(nativeArray).orElse(UNTRACKED)
                : monitorOf(array);
        switch (monitor) {
            case DeviceBuffer buffer -> buffer.onUpdate(index);
            case LocalArray local -> local.onUpdate(index);
            default -> {
                monitor.onRead(index);
                monitor.onWrite(index);
            }
        }
        updating = true;
        try {
            update.run();
        } finally {
            updating = false;
        }
    }

    @Override
    public MatrixUnit matrices() {
        return matrices;
    }

    // Called by the launchers.

    void addArgumentArray(Object array, DeviceBuffer buffer) {
        argumentArrays.add(array, buffer);
    }

    void beginGroup() {
        groupAllocations = 0;
        localArrays.clear();
        lastArray = this;
    }

    void enter(WorkItem workItem) {
        current = workItem;
        workItem.goOn();
        globalPosition.moveTo(workItem.number());
        localPosition.moveTo(workItem.number());
        lastArray = this;
    }

    void nextWarp() {
        warps.nextWarp();
    }

    /** Hears that all lanes of a warp wait or have ended. */
    void completeWarp(List<WorkItem> warp) {
        matrices.complete(warp);
    }

    void passBarrier(boolean global) {
        (global ? globalPosition : localPosition).nextPhase();
    }

    TaskReport report(long workItems, long groups, long barriers) {
        return new TaskReport(
                launch.task(),
                launch.code().name(),
                workItems,
                groups,
                barriers,
                localBytes,
                bytesRead,
                bytesWritten,
                warps.accessCount(),
                warps.sectorCount(),
                warps.leastSectorCount());
    }

    // Called by the matrix instructions.

    int site() {
        return site;
    }

    long key() {
        return key;
    }

    /** The place of the work-item that runs in its warp. */
    int lane() {
        return (current.number() - 1) % globalPosition.groupSize() % FragmentLayout.LANES;
    }

    Optional<LocalArray> localArray(int[] array) {
        return monitorOf(array) instanceof LocalArray local ? Optional.of(local) : Optional.empty();
    }

    /** Hears of a lane's new part of a matrix. */
    void fragment(Object array) {
        current.addPrivateArray(site, array, new Fragment(this));
        lastArray = this;
    }

    /** Takes what comes next for an instruction of a work-item that has got further. */
    void moveTo(WorkItem workItem, int newSite, long newKey) {
        globalPosition.moveTo(workItem.number());
        localPosition.moveTo(workItem.number());
        at(newSite, newKey);
    }

    String nameOf(WorkItem workItem) {
        return launch.nameOfWorkItem(workItem.number());
    }

    String source(int ofSite) {
        return launch.code().sites().get(ofSite).source();
    }

    // Called by the monitors.

    RaceShadow.Position globalPosition() {
        return globalPosition;
    }

    RaceShadow.Position localPosition() {
        return localPosition;
    }

    boolean checksRaces() {
        return checksRaces;
    }

    /** Whether the access is a part of an atomic update, which was reported as a whole. */
    boolean isUpdating() {
        return updating;
    }

    void countRead(int bytes, long address) {
        bytesRead += bytes;
        if (countsSectors) {
            warps.touch(site, key, address);
        }
    }

    void countWrite(int bytes, long address) {
        bytesWritten += bytes;
        if (countsSectors) {
            warps.touch(site, key, address);
        }
    }

    String nameOf(DeviceBuffer buffer) {
        return launch.nameOf(buffer);
    }

    KernelFault outOfBounds(String verb, int index, String array, int size) {
        return fault(
                Kind.OUT_OF_BOUNDS, "%s element %d of %s, which has %d elements".formatted(verb, index, array, size));
    }

    /** A race; {@code order} says what is missing between the two accesses. */
    KernelFault race(Kind kind, String verb, int index, String array, RaceShadow.Conflict conflict, String order) {
        return fault(
                kind,
                "%s element %d of %s, which %s %s".formatted(verb, index, array, launch.describe(conflict), order));
    }

    /** A fault of the work-item that runs, at the instruction that it is at. */
    KernelFault fault(Kind kind, String what) {
        return new KernelFault(kind, launch.task(), describe(what));
    }

    KernelFault fault(Kind kind, String what, Throwable cause) {
        return new KernelFault(kind, launch.task(), describe(what), cause);
    }

    private String describe(String what) {
        return "%s: %s %s (%s)"
                .formatted(launch.code().name(), launch.nameOfWorkItem(globalPosition.workItem()), what, source(site));
    }

    @SuppressWarnings("ReferenceEquality") // arrays are told apart by identity
    private AccessMonitor monitorOf(Object array) {
        if (array != lastArray) {
            lastMonitor = findMonitor(array);
            lastArray = array;
        }
        return lastMonitor;
    }

    private AccessMonitor findMonitor(Object array) {
        int position = current.privateArrays().positionOf(array);
        if (position >= 0) {
            return current.privateArrays().monitor(position);
        }
        position = localArrays.positionOf(array);
        if (position >= 0) {
            return localArrays.monitor(position);
        }
        position = argumentArrays.positionOf(array);
        return position >= 0 ? argumentArrays.monitor(position) : UNTRACKED;
    }

    private void moveToParallelIndex() {
        globalPosition.moveTo(parallel.workItem());
        if (parallel.beginsWarp()) {
            warps.nextWarp();
        }
    }
}
